import { parseDuration } from '../../../server/model/units.ts';
import type { LabelledValue } from '../labelled-value.ts';
import { asText, queryEscaped, wrong } from './builtins.ts';
import type { TemplateFunction } from './execute.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage } from './humanize.ts';
import { significant } from './number-text.ts';
import { Fields, labelMap, Moment, Span, typeName, type Value, valueText } from './value.ts';

/** What templates ask of the world around them. */
export interface TemplateHost {
  /** Answers a PromQL expression at the moment of the evaluation. Throws VigieError. */
  query(expr: string): readonly LabelledValue[];
  /** RE2, anywhere in the text. */
  matches(pattern: string, text: string): boolean;
  /** RE2; `$1` and `${name}` in the replacement are groups. */
  replaceAll(pattern: string, replacement: string, text: string): string;
}

const NUMBERS: Readonly<Record<string, (value: number) => Value>> = {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp: (secs) => (Number.isFinite(secs) ? valueText(new Moment(secs * 1000)) : significant(secs, 4)),
  toTime: (secs) => new Moment(secs * 1000),
  toDuration: (secs) => new Span(secs),
};

const TEXTS: Readonly<Record<string, (text: string) => Value>> = {
  title: (text) => text.replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase()),
  toUpper: (text) => text.toUpperCase(),
  toLower: (text) => text.toLowerCase(),
  stripPort: (text) => hostAndPort(text)?.host ?? text,
  stripDomain,
  graphLink: (expr) => `/graph?g0.expr=${queryEscaped(expr)}&g0.tab=0`,
  tableLink: (expr) => `/graph?g0.expr=${queryEscaped(expr)}&g0.tab=1`,
  parseDuration: (text) => parseDuration(text) / 1000,
  urlQueryEscape: queryEscaped,
  safeHtml: (text) => text,
};

/** The names Prometheus adds to Go's (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/), `tmpl` left out. */
export const PROMETHEUS_NAMES: readonly string[] = [
  ...Object.keys(NUMBERS),
  ...Object.keys(TEXTS),
  'query',
  'first',
  'label',
  'value',
  'strvalue',
  'sortByLabel',
  'args',
  'match',
  'reReplaceAll',
  'now',
  'externalURL',
  'pathPrefix',
];

/** @param now seconds since the epoch. */
export function prometheusFunctions(
  host: TemplateHost,
  now: number,
  externalUrl: string,
): Readonly<Record<string, TemplateFunction>> {
  return {
    ...mapped(NUMBERS, (f) => (value) => f(asNumber(value))),
    ...mapped(TEXTS, (f) => (text) => f(asText(text))),
    query: (expr) => host.query(asText(expr)).map(sampleOf),
    first: (list) => {
      if (!Array.isArray(list) || list.length === 0) throw wrong('first() called on vector with no elements');
      return list[0] as Value;
    },
    label: (name, sample) => labelOf(sample, asText(name)),
    value: (sample) => asSample(sample).fields.Value,
    strvalue: (sample) => labelOf(sample, '__value__'),
    sortByLabel: (name, list) => sortedBy(asText(name), list),
    args: (...args) => new Map(args.map((arg, i) => [`arg${i}`, arg])),
    match: (pattern, text) => host.matches(asText(pattern), asText(text)),
    reReplaceAll: (pattern, replacement, text) => host.replaceAll(asText(pattern), asText(replacement), asText(text)),
    now: () => now,
    externalURL: () => externalUrl,
    pathPrefix: () => /^\w+:\/\/[^/?#]*([^?#]*)/.exec(externalUrl)?.[1]?.replace(/\/$/, '') ?? '',
  };
}

function mapped<T>(rows: Readonly<Record<string, T>>, make: (row: T) => TemplateFunction) {
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, make(row)]));
}

function sampleOf({ labels, value }: LabelledValue): Value {
  return new Fields({ Labels: labelMap(labels), Value: value });
}

function asSample(value: Value): Fields {
  if (value instanceof Fields && value.fields.Labels instanceof Map) return value;
  throw wrong(`wrong type for value; expected a sample; got ${typeName(value)}`);
}

function labelOf(sample: Value, name: string): Value {
  const labels = asSample(sample).fields.Labels;
  return labels instanceof Map ? ((labels.get(name) as Value) ?? '') : '';
}

function sortedBy(name: string, list: Value): Value {
  if (!Array.isArray(list)) throw wrong(`wrong type for value; expected a vector; got ${typeName(list)}`);
  const key = (sample: Value): string => valueText(labelOf(sample, name));
  return (list as readonly Value[]).toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))));
}

function asNumber(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Span) return value.secs;
  const number =
    typeof value === 'string' && value.trim() !== '' ? Number(value.replace(/^([+-]?)inf$/i, '$1Infinity')) : undefined;
  if (number !== undefined && (!Number.isNaN(number) || value === 'NaN')) return number;
  throw wrong(`can't convert ${valueText(value)} to float`);
}

/** `host:port` or `[v6]:port`. */
function hostAndPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return match === null ? undefined : { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

function stripDomain(text: string): string {
  const { host, port } = hostAndPort(text) ?? { host: text, port: '' };
  if (/^\d+(?:\.\d+){3}$/.test(host) || host.includes(':')) return text;
  const name = host.split('.', 1)[0] ?? host;
  return port === '' ? name : `${name}:${port}`;
}
