import { logQuestions } from '../../../server/engine/log-questions.ts';
import type { BatchPayload } from '../../../server/model/batch.ts';
import type { Matcher } from '../../../server/model/engine.ts';
import type { Labels } from '../../../server/model/labels.ts';
import { type LineFilter, LOG_LEVELS, type LogLine, type LogQuery } from '../../../server/model/logs.ts';
import { ms } from '../../../server/model/units.ts';
import type { Store } from '../../../server/store/store.ts';
import { blockOf } from '../../support/line-columns.ts';

export interface Row {
  readonly time: number;
  readonly text: string;
  readonly level?: number;
  readonly labels?: Labels;
}

/** A payload of log lines. */
export function linesOf(rows: readonly Row[], source = 's'): BatchPayload {
  const keys = [...new Set(rows.map(({ labels = {} }) => JSON.stringify(labels)))];
  return {
    v: 1,
    source,
    series: [],
    lines: [
      blockOf({
        streams: keys.map((key) => JSON.parse(key) as Labels),
        stream: rows.map(({ labels = {} }) => keys.indexOf(JSON.stringify(labels))),
        time: rows.map(({ time }) => time),
        level: rows.map(({ level = -1 }) => level),
        text: rows.map(({ text }) => text),
      }),
    ],
  };
}

/** A clock that stands, so that nothing is cut short. */
export function questionsOf(store: Store) {
  return logQuestions(store.logs, { now: () => ms(0) });
}

export function everything(query: Partial<LogQuery> = {}): LogQuery {
  return { selector: [], start: ms(-1), end: ms(1e15), order: 'oldest', limit: 5000, ...query };
}

export async function textsOf(store: Store, query: Partial<LogQuery> = {}): Promise<string[]> {
  const { lines } = await questionsOf(store).searchLogs(everything(query));
  return lines.map(({ text }) => text);
}

/** What a filter means, told by the simplest program; patterns are those JavaScript and RE2 read alike. */
export function isMeant(line: LogLine, { selector, text = '', regex, level }: LineFilter): boolean {
  const matches = ({ name, op, value }: Matcher): boolean => {
    const own = line.labels[name] ?? '';
    const equal = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(own) : own === value;
    return equal === !op.startsWith('!');
  };
  const severity = line.level === undefined ? Number.POSITIVE_INFINITY : LOG_LEVELS.indexOf(line.level);
  return (
    selector.every(matches) &&
    line.text.toLowerCase().includes(text.toLowerCase()) &&
    (regex === undefined ||
      new RegExp(regex.replace('(?i)', ''), regex.startsWith('(?i)') ? 'i' : '').test(line.text)) &&
    (level === undefined || severity <= LOG_LEVELS.indexOf(level))
  );
}
