/** A label set of the Prometheus data model, without `__name__`. Keys are sorted when it comes from `sortLabels`. */
export type Labels = Readonly<Record<string, string>>;

/** How a series counts; see `rings.ts` for what each keeps. */
export type SeriesKind = 'sum' | 'counter' | 'gauge' | 'rrd';

export const SERIES_KINDS: readonly SeriesKind[] = ['sum', 'counter', 'gauge', 'rrd'];

/** Whether a series counts something: the others have values of their own moment. */
export function isCounted(kind: SeriesKind): boolean {
  return kind === 'sum' || kind === 'counter';
}

/** The identity of a series: its name and labels; one identity has one kind for ever. */
export interface SeriesId {
  readonly kind: SeriesKind;
  readonly name: string;
  readonly labels: Labels;
}

/** A test on one label; `name` may be `__name__`. A series without the label has the empty value. */
export interface LabelMatcher {
  readonly name: string;
  /** The only values that may be treated otherwise than the empty one, when they are known: an index looks at no others. */
  readonly among?: readonly string[];
  matches(value: string): boolean;
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function isMetricName(text: string): boolean {
  return METRIC_NAME.test(text);
}

export function isLabelName(text: string): boolean {
  return LABEL_NAME.test(text);
}

/** Labels in the order of their names, empty values left out (an empty value is an absent label). */
export function sortLabels(labels: Labels): Labels {
  const sorted: Record<string, string> = {};
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name];
    if (value !== undefined && value !== '') sorted[name] = value;
  }
  return sorted;
}

/** One text per identity, `name{a="1",b="2"}`: sorted and escaped as in Prometheus' exposition format. */
export function seriesKey(name: string, labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .filter((label) => labels[label] !== '')
    .map((label) => `${label}=${quoteLabelValue(labels[label] ?? '')}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

export function quoteLabelValue(value: string): string {
  if (!/["\\\n]/.test(value)) return `"${value}"`;
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A matcher for equality. */
export function labelEquals(name: string, value: string): LabelMatcher {
  return { name, ...(value !== '' && { among: [value] }), matches: (candidate) => candidate === value };
}
