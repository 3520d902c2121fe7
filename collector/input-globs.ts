import type { CollectorConfig } from './config.ts';

/**
 * The configuration with `*` in inputs replaced by the ids it stands for, in their order: sources and transforms, never the
 * component itself. A pattern may stand for nothing; an id must exist, which `topology-check.ts` tells.
 */
export function expandInputs(config: CollectorConfig): CollectorConfig {
  const ids = [...Object.keys(config.sources), ...Object.keys(config.transforms)];
  const expand = <T extends { readonly inputs: string[] }>(components: Record<string, T>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(components).map(([id, component]) => {
        const others = ids.filter((other) => other !== id);
        return [id, { ...component, inputs: component.inputs.flatMap((input) => idsOf(input, others)) }];
      }),
    );
  return { sources: config.sources, transforms: expand(config.transforms), sinks: expand(config.sinks) };
}

function idsOf(input: string, ids: readonly string[]): string[] {
  if (!input.includes('*')) return [input];
  const parts = input.split('*').map((part) => part.replace(/[^A-Za-z0-9_-]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  return ids.filter((id) => pattern.test(id));
}
