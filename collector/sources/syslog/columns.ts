import { LOG_LEVELS } from '../../../server/model/logs.ts';
import type { Column } from '../../batch.ts';

/** RFC 5424, 6.2.1, under the names of syslog.conf(5). */
export const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

const TEXTS = ['host', 'app', 'procid', 'msgid', 'message'] as const;
export type SyslogText = (typeof TEXTS)[number];

interface Ranges {
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** The columns of a batch of messages; a text that starts at -1 is absent. */
export interface SyslogColumns extends Readonly<Record<SyslogText, Ranges>> {
  readonly time: Float64Array;
  readonly facility: Int8Array;
  readonly severity: Int8Array;
}

export function createColumns(rows: number): SyslogColumns {
  const ranges = (): Ranges => ({ start: new Int32Array(rows).fill(-1), end: new Int32Array(rows).fill(-1) });
  return {
    time: new Float64Array(rows),
    facility: new Int8Array(rows),
    severity: new Int8Array(rows),
    host: ranges(),
    app: ranges(),
    procid: ranges(),
    msgid: ranges(),
    message: ranges(),
  };
}

/** As the fields of a batch of lines. */
export function fieldsOf(columns: SyslogColumns): ReadonlyMap<string, Column> {
  return new Map<string, Column>([
    ['time', { type: 'number', values: columns.time }],
    ['facility', { type: 'word', words: FACILITIES, index: columns.facility }],
    ['severity', { type: 'word', words: LOG_LEVELS, index: columns.severity }],
    ...TEXTS.map((name): [string, Column] => [name, { type: 'text', ...columns[name], escaped: false }]),
  ]);
}
