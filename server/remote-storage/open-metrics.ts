import { isLabelName, isMetricName, type Labels, sortLabels } from '../model/labels.ts';
import type { SampleTarget, SampleWrite } from '../store/intake/sample-write.ts';
import { LABEL_LIMITS } from '../store/limits.ts';
import { METRIC_TYPES, MetricTypes } from './metric-types.ts';

/** The collector of everything that is imported. */
const IMPORT = 'import';
const SOURCE = 'openmetrics';
/** No moment in seconds is beyond it; in milliseconds all after March 1973 are. */
const LARGEST_SECONDS = 1e11;
const MAX_FAMILIES = 20_000;

/** What a text holds. */
export interface ReadText {
  readonly write: SampleWrite;
  readonly rows: number;
  /** Lines that are no sample of a series with a time, and the first of them: its number in the text, from 1, and why. */
  readonly badLines: number;
  readonly firstBad?: { readonly line: number; readonly cause: string };
}

class LineError extends Error {}

interface Row {
  readonly time: number;
  readonly value: number;
}

/** The rows of one series. */
interface Found {
  readonly target: SampleTarget;
  readonly rows: Row[];
}

/**
 * Reads whole lines of OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/) or of Prometheus' text format, each sample with a
 * time: seconds, or milliseconds where the number is too large for seconds. Exemplars are left out. A bad line costs itself.
 */
export function readOpenMetrics(text: string): ReadText {
  const types = new MetricTypes(MAX_FAMILIES);
  const series = new Map<string, Found>();
  let badLines = 0;
  let firstBad: ReadText['firstBad'];
  for (const [i, line] of text.split('\n').entries()) {
    try {
      readLine(line, types, series);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      badLines++;
      firstBad ??= { line: i + 1, cause: error.message };
    }
  }
  const write = writeOf([...series.values()], badLines);
  return { write, rows: write.times.length, badLines, ...(firstBad !== undefined && { firstBad }) };
}

function readLine(line: string, types: MetricTypes, series: Map<string, Found>): void {
  if (line.startsWith('#')) {
    noteType(line, types);
    return;
  }
  if (line.trim() === '') return;
  const end = endOfSeries(line);
  const written = line.slice(0, end);
  const found = series.get(written) ?? newSeries(written, types);
  found.rows.push(rowOf(line.slice(end)));
  series.set(written, found);
}

function noteType(line: string, types: MetricTypes): void {
  const [, family = '', word] = /^# TYPE (\S+) (\S+)\s*$/.exec(line) ?? [];
  const type = METRIC_TYPES.find((one) => one === word);
  if (type !== undefined) types.note(family, type);
}

/** A `}` may stand in a value, behind a quote. */
function endOfSeries(line: string): number {
  const brace = line.indexOf('{');
  const space = line.search(/[ \t]/);
  if (brace < 0 || (space >= 0 && space < brace)) return space < 0 ? line.length : space;
  let isQuoted = false;
  for (let at = brace + 1; at < line.length; at++) {
    const char = line[at];
    if (isQuoted && char === '\\') at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === '}' && !isQuoted) return at + 1;
  }
  throw new LineError('got labels without an end; want "}"');
}

function newSeries(written: string, types: MetricTypes): Found {
  const brace = written.indexOf('{');
  const name = (brace < 0 ? written : written.slice(0, brace)).trim();
  if (!isMetricName(name) || name.length > LABEL_LIMITS.name_bytes) {
    throw new LineError(
      `got metric ${JSON.stringify(name.slice(0, LABEL_LIMITS.name_bytes))}; want letters, digits, "_" and ":"`,
    );
  }
  const labels = brace < 0 ? {} : labelsOf(written.slice(brace + 1, -1));
  const identity = { kind: types.kindOf(name), name, labels };
  return { target: { source: SOURCE, identity, series: undefined }, rows: [] };
}

const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

function labelsOf(text: string): Labels {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length && text.slice(LABEL.lastIndex).trim() !== '') {
    const [, label = '', value = ''] = LABEL.exec(text) ?? [];
    if (!isLabelName(label) || label === '__proto__' || label === '__name__' || Object.hasOwn(labels, label)) {
      throw new LineError(`got labels {${text.slice(0, LABEL_LIMITS.name_bytes)}}; want name="value", each name once`);
    }
    labels[label] = value.replaceAll(/\\(.)/gs, (whole, char: string) => ESCAPES[char] ?? whole);
  }
  checkSize(labels);
  return sortLabels(labels);
}

function checkSize(labels: Labels): void {
  const entries = Object.entries(labels);
  const bytes = entries.map(([label, value]) => label.length + Buffer.byteLength(value));
  const isLong = entries.some(
    ([label, value]) => label.length > LABEL_LIMITS.name_bytes || Buffer.byteLength(value) > LABEL_LIMITS.value_bytes,
  );
  const isLarge = bytes.reduce((sum, size) => sum + size, 0) > LABEL_LIMITS.identity_bytes;
  if (isLong || isLarge || entries.length > LABEL_LIMITS.labels) {
    throw new LineError(
      `got ${entries.length} labels that are too many or too long; want at most ${LABEL_LIMITS.labels}`,
    );
  }
}

function rowOf(rest: string): Row {
  const [value = '', time = '', mark] = rest.trim().split(/\s+/, 3);
  if (time === '' || time === '#')
    throw new LineError('got a sample without a time; want name{label="value"} value time');
  if (mark !== undefined && mark !== '#')
    throw new LineError('got words after the time; want an exemplar, behind "#", or nothing');
  const seconds = numberOf(time, 'time');
  const ms = Math.abs(seconds) < LARGEST_SECONDS ? Math.round(seconds * 1000) : Math.round(seconds);
  if (!Number.isSafeInteger(ms))
    throw new LineError(`got time ${time.slice(0, 40)}; want seconds or milliseconds since 1970`);
  return { time: ms, value: numberOf(value, 'value') };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITY = /^[+-]?inf(?:inity)?$/i;

function numberOf(text: string, what: string): number {
  if (NUMBER.test(text)) return Number(text);
  if (INFINITY.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  throw new LineError(`got ${what} ${JSON.stringify(text.slice(0, 40))}; want a number`);
}

/** Rows of one series in the order of time: at the end of a roll-up slot each is after the one before. */
function writeOf(found: readonly Found[], bad: number): SampleWrite {
  const length = found.reduce((sum, { rows }) => sum + rows.length, 0);
  const [times, values, ends] = [new Float64Array(length), new Float64Array(length), new Float64Array(found.length)];
  let at = 0;
  for (const [i, { rows }] of found.entries()) {
    for (const { time, value } of rows.toSorted((a, b) => a.time - b.time)) {
      times[at] = time;
      values[at++] = value;
    }
    ends[i] = at;
  }
  return {
    ...{ collector: IMPORT, targets: found.map(({ target }) => target), ends, times, values },
    stale: new Uint8Array(length),
    isPast: true,
    unusable: new Map(bad > 0 ? [['bad_line', bad] as const] : []),
  };
}
