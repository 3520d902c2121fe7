import type { Clock } from '../model/clock.ts';
import type { Engine, Selector } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { Labels } from '../model/labels.ts';
import { type LineFilter, LOG_LEVELS, MAX_CONTEXT_LINES, MAX_LOG_BUCKETS, MAX_LOG_LIMIT } from '../model/logs.ts';
import { compileLinePattern } from '../promql/line-pattern.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { requiredLiterals } from '../promql/regex-literals.ts';
import { histogramOf } from '../store/logs/histogram.ts';
import type { LineConditions } from '../store/logs/line-conditions.ts';
import type { LogReader } from '../store/logs/log-reader.ts';
import type { LogStore } from '../store/logs/log-store.ts';
import { labelsOf, linesAfter, linesAround, searchLines } from '../store/logs/questions.ts';
import type { ScanBudget } from '../store/logs/scan.ts';
import { inSlices } from './slices.ts';

type LogQuestions = Pick<Engine, 'searchLogs' | 'logHistogram' | 'logContext' | 'logLabels' | 'tailLogs'>;

const BUDGET = { bytes: 4 * 2 ** 30, time_ms: 5_000 } as const;
/** A tail asks again at once, so one question of it may be short. */
const TAIL_TIME_MS = 500;

/** Questions about log lines; each looks at the blocks as they were when it began, and gives way to others between two of them. */
export function logQuestions(logs: LogStore, clock: Clock): LogQuestions {
  const ask = async <T>(question: (reader: LogReader) => Generator<undefined, T>): Promise<T> => {
    const reader = logs.open();
    try {
      return await inSlices(question(reader), clock);
    } finally {
      reader.close();
    }
  };
  return {
    searchLogs: async (query) => {
      const { order, limit, after } = query;
      const conditions = { ...conditionsOf(query), ...windowOf(query) };
      const request = { conditions, order, limit: within(limit, 1, MAX_LOG_LIMIT, 'limit'), budget: budget(clock) };
      return ask((reader) => searchLines(reader, { ...request, ...(after && { after }) }));
    },
    logHistogram: async (query) => {
      const conditions = { ...conditionsOf(query), ...windowOf(query) };
      const buckets = within(query.buckets, 1, MAX_LOG_BUCKETS, 'buckets');
      return ask((reader) => histogramOf(reader, { conditions, buckets, budget: budget(clock) }));
    },
    logContext: async (query) => {
      const before = within(query.before, 0, MAX_CONTEXT_LINES, 'before');
      const after = within(query.after, 0, MAX_CONTEXT_LINES, 'after');
      const request = { seq: query.seq, before, after, budget: budget(clock) };
      const context = await ask((reader) => linesAround(reader, request));
      if (context !== undefined) return context;
      throw new VigieError('not_found', `cannot find log line ${query.seq}: it was never stored, or had to make room`);
    },
    logLabels: async (query) => {
      const conditions = { ...conditionsOf(query), ...windowOf(query) };
      return ask((reader) => labelsOf(reader, conditions));
    },
    tailLogs: async (query) => {
      const { after } = query;
      const limit = within(query.limit, after === undefined ? 0 : 1, MAX_LOG_LIMIT, 'limit');
      const request = { conditions: conditionsOf(query), limit, budget: budget(clock, TAIL_TIME_MS) };
      return ask((reader) => linesAfter(reader, after === undefined ? request : { ...request, after }));
    },
  };
}

function budget(clock: Clock, time_ms: number = BUDGET.time_ms): ScanBudget {
  const end = clock.now() + time_ms;
  return { maxBytes: BUDGET.bytes, shouldStop: () => clock.now() > end };
}

function conditionsOf({ selector, text = '', regex = '', level }: LineFilter): Omit<LineConditions, 'start' | 'end'> {
  const needles = [text.toLowerCase(), ...requiredLiterals(regex)].filter((needle) => needle !== '');
  return {
    needles,
    ...(selector.length > 0 && { streams: streamTest(selector) }),
    ...(level !== undefined && { level: LOG_LEVELS.indexOf(level) }),
    ...(regex !== '' && { matches: compileLinePattern(regex) }),
  };
}

function streamTest(selector: Selector): (labels: Labels) => boolean {
  const matchers = selector.map(compileMatcher);
  return (labels) => matchers.every(({ name, matches }) => matches(labels[name] ?? ''));
}

function windowOf({ start, end }: { start: number; end: number }): { start: number; end: number } {
  if (!Number.isFinite(start) || !Number.isFinite(end) || end <= start) {
    throw new VigieError('bad_query', 'cannot search log lines: want an end after the start');
  }
  return { start, end };
}

function within(value: number, least: number, most: number, name: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new VigieError('bad_query', `cannot search log lines: got ${name} ${value}; want ${least} to ${most}`);
}
