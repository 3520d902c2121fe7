import type { Labels } from '../server/model/labels.ts';
import { factsSelectors } from './figures/requirements.ts';
import { madeId } from './files/made-id.ts';
import { selectorText } from './files/selector-text.ts';
import type { Indicator, SeriesQuery } from './indicator.ts';
import type { SloDefinition } from './slo-definition.ts';

/**
 * One definition, an SLO for each value of a label, or for each combination of several:
 *
 *     id: web                                   requests{vhost="shop"}          web-shop
 *     group_by: [vhost]                 +       requests{vhost="a.example"}  =  web-a-example-f1625ee8
 *     availability: {total: requests}           requests                        web-none-811c9dc5
 *
 * The values are those of the series in the store, so they are of whoever writes a log: their number is bounded, and what they say is
 * quoted in selectors and reduced in ids. A series without the label is of the group whose value is empty, so that no event is in none.
 */
export interface Grouping {
  /** One to five, each once. */
  readonly labels: readonly string[];
  /** Groups that are SLOs; the others are counted. */
  readonly max_groups: number;
}

/** What a group is one of. */
export interface SloGroup {
  /** The id of its definition. */
  readonly of: string;
  /** Which as it was written. */
  readonly written: SloDefinition;
  /** The values of its labels, empty ones too. */
  readonly labels: Labels;
}

/** With the value, a hash and two hyphens an id keeps within the hundred characters that a file may give one. */
export const MAX_GROUPED_ID = 60;
const MAX_SLUG = 30;

/** It is shown whole in tables and subjects. */
const MAX_NAME = 100;

/** One text for the values of a group. */
export function groupKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels));
}

/** The groups among the label sets of series, each once, by their values. */
export function groupsAmong({ labels: names }: Grouping, series: readonly Labels[]): readonly Labels[] {
  const found = new Map<string, Labels>();
  for (const labels of series) {
    const values = Object.fromEntries(
      names.map((name) => [name, Object.hasOwn(labels, name) ? (labels[name] ?? '') : '']),
    );
    found.set(groupKey(values), values);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, labels]) => labels);
}

/** Where to look for groups: all that is counted, so that bad events whose series lack the label are seen. */
export function groupedSelectors(slo: SloDefinition): ReturnType<typeof factsSelectors> {
  const { indicator } = slo;
  // Boundaries have the labels of their histogram.
  return indicator.kind === 'latency' ? [factsSelectors(slo)[0]] : factsSelectors(slo);
}

/** The SLOs of a definition, one for each of `groups`; no id of theirs is `taken`. */
export function groupSlos(
  slo: SloDefinition,
  groups: readonly Labels[],
  taken: ReadonlySet<string>,
): readonly SloDefinition[] {
  const all = new Set(taken);
  return groups.map((labels) => {
    const group = groupSlo(slo, labels, all);
    all.add(group.id);
    return group;
  });
}

/** Also asked for one that is no SLO yet: how long its series are there. */
export function groupSlo(slo: SloDefinition, labels: Labels, taken: ReadonlySet<string> = new Set()): SloDefinition {
  const { group_by: _, ...shared } = slo;
  return {
    ...shared,
    id: groupId(slo.id, labels, taken),
    title: `${slo.title}: ${groupName(labels)}`,
    labels: { ...slo.labels, ...labels },
    indicator: narrowed(slo.indicator, labels),
    group: { of: slo.id, written: slo, labels },
  };
}

/** Several values are one name that says where each ends: `a-b` and `c` are not `a` and `b-c`. */
function groupId(id: string, labels: Labels, taken: ReadonlySet<string>): string {
  const values = Object.values(labels);
  const name = values.length === 1 ? String(values[0]) : JSON.stringify(values);
  return madeId(name, { around: (part) => `${id}-${part}`, length: MAX_SLUG, nameless: 'none', taken });
}

/** The values as people read them. */
export function groupName(labels: Labels): string {
  const values = Object.entries(labels).map(([name, value]) => (value === '' ? `${name}=""` : value));
  const text = values.join(', ');
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME - 1)}…`;
}

function narrowed(indicator: Indicator, labels: Labels): Indicator {
  switch (indicator.kind) {
    case 'availability':
      return { ...indicator, total: within(indicator.total, labels), part: within(indicator.part, labels) };
    case 'latency':
      return { ...indicator, histogram: within(indicator.histogram, labels) };
    case 'up':
      return { ...indicator, metric: within(indicator.metric, labels) };
    case 'query':
    case 'composite':
      return indicator;
  }
}

function within({ selector }: SeriesQuery, labels: Labels): SeriesQuery {
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, op: '=', value }) as const);
  const narrow = [...selector, ...matchers];
  return { text: selectorText(narrow), selector: narrow };
}
