import { messageOf, VigieError } from '../../../server/model/errors.ts';
import type { Labels } from '../../../server/model/labels.ts';
import type { Ms } from '../../../server/model/units.ts';
import type { LabelledValue } from '../labelled-value.ts';
import { BUILTINS } from './builtins.ts';
import { execute } from './execute.ts';
import { PROMETHEUS_NAMES, prometheusFunctions, type TemplateHost } from './functions.ts';
import { type Nodes, parseTemplate } from './syntax.ts';
import { Fields, labelMap } from './value.ts';

export interface TemplateSurroundings {
  readonly host: TemplateHost;
  readonly now: Ms;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

const NAMES = new Set([...Object.keys(BUILTINS), ...PROMETHEUS_NAMES]);

/** Throws VigieError `bad_config` when a template cannot be read. */
export function checkTemplate(template: string): void {
  parsed(template);
}

/**
 * Fills in a label or annotation of an alert for one result, with `$labels`, `$value`, `$externalLabels` and `$externalURL`. What
 * goes wrong becomes the text, as in Prometheus: `<error expanding template: ...>`.
 */
export function expandTemplate(template: string, result: LabelledValue, surroundings: TemplateSurroundings): string {
  if (!template.includes('{{')) return template;
  const { host, now, externalLabels, externalUrl } = surroundings;
  const fields = {
    Labels: labelMap(result.labels),
    ExternalLabels: labelMap(externalLabels),
    ExternalURL: externalUrl,
    Value: result.value,
  };
  const functions = { ...BUILTINS, ...prometheusFunctions(host, now / 1000, externalUrl) };
  const variables = new Map(
    Object.entries({
      $: new Fields(fields),
      $labels: fields.Labels,
      $externalLabels: fields.ExternalLabels,
      $externalURL: externalUrl,
      $value: result.value,
    }),
  );
  try {
    return execute(parsed(template), variables, new Map(Object.entries(functions)));
  } catch (error) {
    if (error instanceof VigieError) return `<error expanding template: ${messageOf(error)}>`;
    throw error;
  }
}

function parsed(template: string): Nodes {
  return parseTemplate(template, (name) => NAMES.has(name));
}
