import type { Batch } from '../batch.ts';
import type { Transform } from '../component.ts';
import { HitGroups } from './hit-groups.ts';
import type { WebLogOptions } from './web-log-options.ts';

/** Counts the lines of a batch for the web-log report: one table per day and virtual host. Nothing is carried over. */
export function createWebLog({ timezone }: WebLogOptions): Transform {
  const groups = new HitGroups(timezone, 1);
  return {
    type: 'web_log',
    apply(batch: Batch): Batch | undefined {
      if (batch.kind !== 'logs') return batch;
      const tables = [...groups.add(batch), ...groups.close()];
      return tables.length === 0 ? undefined : { kind: 'hits', lines: batch.rows.length, tables };
    },
  };
}
