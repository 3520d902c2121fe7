import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import type { Finding } from '../doctor/finding.ts';
import { decodeDay } from './day-codec.ts';
import { DayFile } from './day-file.ts';

/** Reads every day of the web log, and the commits that are in no day yet. */
export function* checkDays(db: Database.Database): Generator<Finding | undefined> {
  const file = new DayFile(db);
  for (const { bodyBytes, ...row } of file.entries()) {
    const cause = causeOf(() => decodeDay(file.body({ ...row, bytes: bodyBytes }) ?? Buffer.alloc(0)));
    yield cause === undefined
      ? undefined
      : {
          what: `the web log of ${row.service} ${row.vhost} on ${row.day}`,
          ...{ cause, lost: 'its requests', rows: [{ table: 'web_log_day', key: { id: row.id } }] },
        };
  }
  for (const { lsn, body } of file.journal()) {
    const cause = causeOf(() => JSON.parse(body.toString()));
    const rows = [{ table: 'web_log_journal', key: { lsn } }];
    if (cause !== undefined) {
      yield { what: `commit ${lsn} of the web log`, cause, lost: 'its requests that are in no day yet', rows };
    }
  }
}

function causeOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
