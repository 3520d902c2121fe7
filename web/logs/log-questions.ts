import type { LogContext, LogCursor, LogHistogram, LogLabels, LogPage } from '../../server/model/logs.ts';
import type { Answer } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import { filterParams, type LogSearch } from './log-search.ts';

/** The window (start, end], ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

type Conditions = Omit<LogSearch, 'range' | 'follow'>;

const PATH = '/api/vigie/logs';
export const PAGE_LINES = 100;

/** What the pages ask of the log lines. */
export function logQuestions({ ask }: Pick<Api, 'ask'>) {
  return {
    lines: (search: Conditions, span: Span, limit = PAGE_LINES, after?: LogCursor): Promise<Answer<LogPage>> => {
      const place = after === undefined ? {} : { after: `${after.time},${after.seq}` };
      return ask(`${PATH}?${spanParams(search, span, { limit: String(limit), ...place })}`);
    },
    histogram: (search: Conditions, span: Span, buckets: number): Promise<Answer<LogHistogram>> =>
      ask(`${PATH}/histogram?${spanParams(search, span, { buckets: String(buckets) })}`),
    /** All labels of the range, whatever the filters: what is filtered out can be chosen instead. */
    labels: ({ start, end }: Span): Promise<Answer<LogLabels>> =>
      ask(`${PATH}/labels?${new URLSearchParams({ start: seconds(start), end: seconds(end) })}`),
    context: (seq: number, lines: number): Promise<Answer<LogContext>> =>
      ask(`${PATH}/context?seq=${seq}&before=${lines}&after=${lines}`),
  };
}

/** Where every line of a search is to be had as a file. */
export function exportPath(search: Conditions, span: Span, format: 'txt' | 'json' | 'csv'): string {
  return `${PATH}/export?${spanParams(search, span, { format })}`;
}

/** The stream of new lines. */
export function tailPath(search: Conditions, last: number): string {
  const params = filterParams(search);
  params.set('last', String(last));
  return `${PATH}/tail?${params}`;
}

function spanParams(search: Conditions, { start, end }: Span, more: Readonly<Record<string, string>>): URLSearchParams {
  const params = filterParams(search);
  const own = { start: seconds(start), end: seconds(end), ...more };
  for (const [name, value] of Object.entries(own)) params.set(name, value);
  return params;
}

/** The API counts seconds. */
function seconds(time: number): string {
  return String(time / 1000);
}
