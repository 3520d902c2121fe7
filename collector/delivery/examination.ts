import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { type CollectorDatabase, collectorFile, FORMAT, isBusy } from './database.ts';

export interface CollectorExamination {
  /** Batches that wait, and their bytes. */
  readonly batches: number;
  readonly bytes: number;
  readonly positions: number;
  /** What is damaged, each with what it means. */
  readonly findings: readonly string[];
}

interface QueueRow {
  readonly sink: string;
  readonly sequence: number;
  readonly digest: string;
  readonly payload: Buffer;
}

/**
 * Reads the whole `collector.sqlite` of a data directory and changes nothing: the structure of the file, every batch that waits against its
 * digest, their order, and the positions. `in_use`: a running collector holds it, and keeps it for itself. Throws VigieError
 * `newer_database`, or `internal` for a file that is no database.
 */
export function examineCollector(dataDir: string): CollectorExamination | 'none' | 'in_use' | 'older' {
  const file = collectorFile(dataDir);
  if (!existsSync(file)) return 'none';
  let database: CollectorDatabase | undefined;
  try {
    database = new Database(file, { readonly: true, timeout: 0 });
    const format = Number(database.pragma('user_version', { simple: true }));
    if (format > FORMAT) throw new VigieError('newer_database', `cannot read ${file}: a newer version wrote it`);
    return format < FORMAT ? 'older' : readAll(database);
  } catch (error) {
    if (isBusy(error)) return 'in_use';
    if (error instanceof VigieError) throw error;
    throw new VigieError('internal', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  } finally {
    database?.close();
  }
}

function readAll(database: CollectorDatabase): CollectorExamination {
  const structure = database.pragma('integrity_check(10)') as { integrity_check: string }[];
  const findings = structure
    .filter(({ integrity_check }) => integrity_check !== 'ok')
    .map(({ integrity_check }) => `the structure of the file: ${integrity_check}`);
  const queue = readQueue(database);
  const positions = database
    .prepare<[], { source: string; value: string }>('SELECT source, value FROM positions')
    .all();
  const unreadable = positions.filter(({ value }) => !isJson(value));
  findings.push(...queue.findings, ...unreadable.map(({ source }) => `a position of source ${source} cannot be read`));
  return { batches: queue.batches, bytes: queue.bytes, positions: positions.length, findings };
}

/** A batch with another content than its digest names is refused by every server, and holds up those behind it. */
function readQueue(database: CollectorDatabase) {
  const rows = database.prepare<[], QueueRow>(
    'SELECT sink, sequence, digest, payload FROM queue ORDER BY sink, sequence',
  );
  const findings: string[] = [];
  let [batches, bytes] = [0, 0];
  let before: QueueRow | undefined;
  for (const row of rows.iterate()) {
    batches++;
    bytes += row.payload.length;
    const name = `batch ${row.sequence} of sink ${row.sink}`;
    if (digestOf(row.payload) !== row.digest) findings.push(`${name} is not what its digest names: no server takes it`);
    const isGap = before?.sink === row.sink && row.sequence !== before.sequence + 1;
    if (isGap) findings.push(`${name} follows ${before?.sequence}: those between are lost`);
    before = row;
  }
  return { batches, bytes, findings };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
