import type { LogBatch } from '../../collector/batch.ts';
import type { TransformContext } from '../../collector/component.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';

export const ARRIVED = Date.UTC(2026, 0, 5);

/** A batch of these lines, as a file source hands it over. Bytes may be given for what is no text. */
export function batchOf(lines: readonly (string | Buffer)[], attributes: Record<string, string> = {}): LogBatch {
  const parts = lines.map((line) => Buffer.from(line as string));
  const start: number[] = [];
  const end: number[] = [];
  let at = 0;
  for (const part of parts) {
    start.push(at);
    end.push(at + part.length);
    at += part.length + 1;
  }
  return {
    kind: 'logs',
    bytes: Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')])),
    start: Int32Array.from(start),
    end: Int32Array.from(end),
    rows: Int32Array.from(lines, (_, i) => i),
    arrived: ARRIVED,
    attributes,
    fields: new Map(),
  };
}

/** One field of every line left in the batch, as text or number; undefined where a line has none. */
export function fieldOf(batch: LogBatch, name: string): (string | number | undefined)[] {
  const column = batch.fields.get(name);
  return Array.from(batch.rows, (row) => {
    if (column === undefined) return undefined;
    if (column.type === 'word') return column.words[column.index[row] ?? -1];
    if (column.type === 'number') return Number.isNaN(column.values[row]) ? undefined : column.values[row];
    return column.start[row]! < 0 ? undefined : batch.bytes.toString('latin1', column.start[row], column.end[row]);
  });
}

export interface Told {
  readonly context: TransformContext;
  readonly drops: Record<string, number>;
  readonly changed: Record<string, number>;
  readonly notes: string[];
  readonly said: string[];
  parsed: number;
  unparseable: number;
}

/** A context that remembers what a transform tells. */
export function listen(remembered: readonly string[] = []): Told {
  const telemetry = new Telemetry().component('it', 'transform', 'test');
  const said: string[] = [];
  const told: Told = {
    drops: {},
    changed: {},
    notes: [],
    said,
    parsed: 0,
    unparseable: 0,
    context: {
      id: 'it',
      remembered,
      now: () => ARRIVED,
      log: createLog('test', { write: (line) => said.push(line) }),
      telemetry: {
        ...telemetry,
        discarded: (reason, _, count) => {
          told.drops[reason] = (told.drops[reason] ?? 0) + count;
        },
      },
      report: {
        parsed: (lines) => {
          told.parsed += lines;
        },
        unparseable: (lines, note) => {
          told.unparseable += lines;
          told.notes.push(note);
        },
        changed: (reason, lines) => {
          told.changed[reason] = (told.changed[reason] ?? 0) + lines;
        },
      },
    },
  };
  return told;
}
