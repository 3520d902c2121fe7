import { quoteLabelValue } from '../../server/model/labels.ts';
import { LOG_LEVELS, type LogLevel } from '../../server/model/logs.ts';
import { type GraphRange, readGraphRange, writeGraphRange } from '../graph/graph-range.ts';

export interface LabelFilter {
  readonly name: string;
  readonly op: '=' | '!=';
  readonly value: string;
}

/** What the page of log lines looks for. It lives in the address, so that a link shows the same. */
export interface LogSearch {
  readonly range: GraphRange;
  readonly labels: readonly LabelFilter[];
  readonly text: string;
  /** RE2. */
  readonly regex: string;
  /** This level or a worse one. */
  readonly level: LogLevel | undefined;
  /** New lines as they come, instead of those of the range. */
  readonly follow: boolean;
}

export const LOG_PRESETS_SECS: readonly number[] = [900, 3600, 21_600, 86_400, 604_800];
const HOUR: GraphRange = { kind: 'last', secs: 3600 };

/** What an address asks for; parts that say nothing are left out. */
export function readLogSearch(query: string): LogSearch {
  const params = new URLSearchParams(query);
  return {
    range: readGraphRange(query, HOUR),
    labels: params.getAll('label').flatMap((text) => readLabelFilter(text) ?? []),
    text: params.get('text') ?? '',
    regex: params.get('regex') ?? '',
    level: LOG_LEVELS.find((level) => level === params.get('level')),
    follow: params.get('follow') === '1',
  };
}

/** The query of the address that `readLogSearch` reads back. */
export function writeLogSearch({ range, labels, text, regex, level, follow }: LogSearch): string {
  const params = new URLSearchParams(writeGraphRange(range));
  for (const { name, op, value } of labels) params.append('label', name + op + value);
  if (text !== '') params.set('text', text);
  if (regex !== '') params.set('regex', regex);
  if (level !== undefined) params.set('level', level);
  if (follow) params.set('follow', '1');
  return `?${params}`;
}

function readLabelFilter(text: string): LabelFilter | undefined {
  const [, name, op, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)(!?=)(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return { name, op: op === '!=' ? '!=' : '=', value };
}

/** The same filters with one more; the one it contradicts gives way. */
export function withLabel(labels: readonly LabelFilter[], added: LabelFilter): readonly LabelFilter[] {
  const others = labels.filter(({ name, value, op }) => {
    if (name !== added.name) return true;
    return value !== added.value && !(op === '=' && added.op === '=');
  });
  return [...others, added];
}

/** The conditions as the API takes them. */
export function filterParams({ labels, text, regex, level }: Omit<LogSearch, 'range' | 'follow'>): URLSearchParams {
  const selector = labels.map(({ name, op, value }) => name + op + quoteLabelValue(value)).join(',');
  return new URLSearchParams({
    ...(selector !== '' && { selector: `{${selector}}` }),
    ...(text !== '' && { text }),
    ...(regex !== '' && { regex }),
    ...(level !== undefined && { level }),
  });
}
