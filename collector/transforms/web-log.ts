import { HIT_KEY_BYTES, type HitTable } from '../../server/model/web-log.ts';
import type { Batch, LogBatch } from '../batch.ts';
import type { Transform } from '../component.ts';
import { fieldText } from './field-text.ts';
import { HitCounter } from './hit-counter.ts';
import type { WebLogOptions } from './web-log-options.ts';
import { ZoneDays } from './zone-days.ts';

/** The lines of one day of one virtual host. */
interface Group {
  readonly day: string;
  readonly vhost: string;
  readonly rows: number[];
}

/** Counts the lines of a batch for the web-log report: one table per day and virtual host. Nothing is carried over. */
export function createWebLog({ timezone }: WebLogOptions): Transform {
  const days = new ZoneDays(timezone);
  const counter = new HitCounter();
  return {
    type: 'web_log',
    apply(batch: Batch): Batch | undefined {
      if (batch.kind !== 'logs') return batch;
      const hourOf = new Uint8Array(batch.start.length);
      const groups = groupsOf(batch, days, hourOf);
      const service = batch.attributes.service ?? '';
      const tables = groups.map(({ day, vhost, rows }): HitTable => {
        return { service, vhost, zone: timezone, day, ...counter.count(batch, rows, hourOf) };
      });
      return tables.length === 0 ? undefined : { kind: 'hits', lines: batch.rows.length, tables };
    },
  };
}

function groupsOf(batch: LogBatch, days: ZoneDays, hourOf: Uint8Array): Group[] {
  const times = batch.fields.get('time');
  const groups = new Map<string, Group>();
  const vhostOf = vhostReader(batch);
  let last: Group | undefined;
  for (const row of batch.rows) {
    const time = (times?.type === 'number' ? times.values[row] : undefined) ?? batch.arrived;
    const { day, hour } = days.at(time);
    const vhost = vhostOf(row);
    hourOf[row] = hour;
    if (last?.day !== day || last.vhost !== vhost) {
      const key = `${day} ${vhost}`;
      last = groups.get(key) ?? { day, vhost, rows: [] };
      groups.set(key, last);
    }
    last.rows.push(row);
  }
  return [...groups.values()];
}

/** The server's name in lower case; one text after the other is mostly the same one. */
function vhostReader({ bytes, fields }: LogBatch): (row: number) => string {
  const column = fields.get('vhost');
  if (column?.type !== 'text') return () => '';
  let last: Buffer = Buffer.alloc(0);
  let text = '';
  return (row) => {
    const start = column.start[row] ?? -1;
    if (start < 0) return '';
    const end = Math.min(column.end[row] ?? start, start + HIT_KEY_BYTES.vhost);
    if (last.length === end - start && last.compare(bytes, start, end) === 0) return text;
    last = bytes.subarray(start, end);
    text = fieldText(bytes, start, end, column.escaped).toLowerCase();
    return text;
  };
}
