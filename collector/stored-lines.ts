import type { Batch, LogBatch } from './batch.ts';

/** The label of a stream of lines that no parser could read. */
const UNPARSED = { parse_error: 'true' } as const;

/**
 * The batches that came to a queue on their ways from one source batch, with each line once: as it is where most of its fields are known,
 * so that a sink may read a source and what parses it. Lines no parser could read stay as they are, in a stream of their own.
 */
export function storedLines(arrived: readonly Batch[]): readonly Batch[] {
  const lines = arrived.flatMap((batch) => (batch.kind === 'logs' ? [batch, ...unparsedOf(batch)] : []));
  if (lines.length === 0) return arrived;
  const rest = arrived.filter(({ kind }) => kind !== 'logs');
  return [...rest, ...onceEach(lines).filter(({ rows }) => rows.length > 0)];
}

function unparsedOf({ unparsed, ...batch }: LogBatch): LogBatch[] {
  if (unparsed === undefined) return [];
  const fields = new Map([...batch.fields].filter(([name]) => name === 'time'));
  return [{ ...batch, rows: unparsed, fields, attributes: { ...batch.attributes, ...UNPARSED } }];
}

/** Batches of the same lines share their ranges; of two that know as many fields the first has it. */
function onceEach(batches: readonly LogBatch[]): readonly LogBatch[] {
  if (batches.length < 2) return batches;
  const taken = new Map<Int32Array, Uint8Array>();
  return batches
    .toSorted((a, b) => b.fields.size - a.fields.size)
    .map((batch) => {
      const isTaken = taken.get(batch.start) ?? new Uint8Array(batch.start.length);
      taken.set(batch.start, isTaken);
      const rows = batch.rows.filter((row) => isTaken[row] === 0);
      for (const row of rows) isTaken[row] = 1;
      return { ...batch, rows };
    });
}
