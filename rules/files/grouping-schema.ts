import { z } from 'zod';
import { isLabelName } from '../../server/model/labels.ts';
import { type Grouping, MAX_GROUPED_ID } from '../grouping.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { SERIES_LABEL } from './written-shape.ts';
import { got } from './written-value.ts';
import { type FileRemark, isRecord, type Path, type Place } from './yaml-file.ts';

const DEFAULT_MAX_GROUPS = 50;
const MOST_GROUPS = 500;
const MOST_LABELS = 5;

/** The keys of a definition that make it several. */
export function groupingFields() {
  const want = 'a list of label names such as [vhost]';
  return {
    group_by: z
      .array(
        z
          .string({ error: (issue) => got(issue.input, 'a label name') })
          .refine((name) => isLabelName(name) && name !== '__name__', 'want a label name of letters, digits and _')
          .meta({ pattern: SERIES_LABEL }),
        { error: (issue) => got(issue.input, want) },
      )
      .min(1, `got none; want ${want}`)
      .max(MOST_LABELS, `got more than ${MOST_LABELS} labels; want at most as many`)
      .meta({ description: 'one SLO for each value of these labels among its series', uniqueItems: true })
      .optional(),
    max_groups: z
      .int({ error: (issue) => got(issue.input, `a whole number of SLOs, such as ${DEFAULT_MAX_GROUPS}`) })
      .min(1, 'want at least 1 group')
      .max(MOST_GROUPS, `want at most ${MOST_GROUPS} groups`)
      .meta({
        description: `SLOs that group_by may make, ${DEFAULT_MAX_GROUPS} unless told; what is left out is counted`,
      })
      .optional(),
  };
}

type WrittenGrouping = z.output<z.ZodObject<ReturnType<typeof groupingFields>>>;

/** What a shape cannot say. */
export function groupingProblems(
  raw: Readonly<Record<string, unknown>>,
  at: Path,
  place: Place,
): readonly FileRemark[] {
  const { group_by, id } = raw;
  if (group_by === undefined) {
    if (raw.max_groups === undefined) return [];
    return [place([...at, 'max_groups'], 'got max_groups without group_by; want both, or neither')];
  }
  const problems: FileRemark[] = [];
  const tell = (path: Path, message: string) => problems.push(place([...at, ...path], message));
  if ('query' in raw) {
    tell(['group_by'], 'got group_by beside query, whose series are its own; want one definition for each value');
  }
  if (typeof id === 'string' && id.length > MAX_GROUPED_ID) {
    tell(['id'], `id: got ${id.length} characters; with group_by want at most ${MAX_GROUPED_ID}`);
  }
  const names: readonly unknown[] = Array.isArray(group_by) ? group_by : [];
  for (const [i, name] of names.entries()) {
    const cause = nameProblem(name, names.slice(0, i), raw);
    if (cause !== undefined) tell(['group_by', i], `group_by: ${cause}`);
  }
  return problems;
}

function nameProblem(
  name: unknown,
  before: readonly unknown[],
  { labels, ...raw }: Readonly<Record<string, unknown>>,
): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (before.includes(name)) return `got "${name}" twice; want each label once`;
  if (isRecord(labels) && Object.hasOwn(labels, name))
    return `got "${name}", which labels has; want another name there`;
  const isBoundary = name === 'le' && ('latency' in raw || 'percentile' in raw);
  return isBoundary ? 'got "le"; leave it out, the threshold chooses it' : undefined;
}

/** Of fields without problems. */
export function groupingOf({ group_by, max_groups }: WrittenGrouping): { readonly group_by?: Grouping } {
  if (group_by === undefined) return {};
  return { group_by: { labels: group_by, max_groups: max_groups ?? DEFAULT_MAX_GROUPS } };
}

export function printGrouping({ group_by }: SloDefinition) {
  if (group_by === undefined) return {};
  const { labels, max_groups } = group_by;
  return { group_by: labels, ...(max_groups !== DEFAULT_MAX_GROUPS && { max_groups }) };
}
