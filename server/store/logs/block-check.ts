import type Database from 'better-sqlite3';
import { messageOf } from '../../model/errors.ts';
import type { Finding } from '../doctor/finding.ts';
import { type BlockBody, decodeColumns, decodeFilter, decodeText } from './block.ts';
import type { BlockHead } from './block-head.ts';
import { BlockTable } from './block-table.ts';

/** Reads every block of log lines whole. `onBlock` is called after each. */
export function* checkBlocks(db: Database.Database): Generator<Finding | undefined> {
  const table = new BlockTable(db);
  for (const head of headsOf(table)) yield head instanceof Error ? headFinding(head) : checkBlock(table, head);
}

function* headsOf(table: BlockTable): Generator<BlockHead | Error> {
  try {
    yield* table.heads();
  } catch (error) {
    yield error instanceof Error ? error : new Error(messageOf(error));
  }
}

function headFinding(error: Error): Finding {
  return { what: 'the heads of log blocks', cause: error.message, lost: 'all stored lines', rows: [] };
}

function checkBlock(table: BlockTable, head: BlockHead): Finding | undefined {
  const rows = ['log_block', 'log_body'].map((name) => ({ table: name, key: { id: head.id } }));
  const { lines, origin, oldest, newest } = head;
  const what = `log block ${head.id}, ${lines} lines of ${origin}, ${moment(oldest)} to ${moment(newest)}`;
  const cause = causeOf(table, head);
  if (cause !== undefined) return { what, cause, lost: `its ${lines} lines`, rows };
  const filter = read(table, head, 'filter', decodeFilter);
  if (typeof filter !== 'string') return undefined;
  return { what, cause: `filter: ${filter}`, lost: 'time: every search reads the block', rows, onlyFilter: true };
}

function causeOf(table: BlockTable, head: BlockHead): string | undefined {
  try {
    if (table.streams(head.id) === undefined) return 'its head is gone';
  } catch (error) {
    return `label sets: ${messageOf(error)}`;
  }
  const columns = read(table, head, 'columns', (part) => decodeColumns(part, head.lines));
  if (typeof columns === 'string') return `columns: ${columns}`;
  const text = read(table, head, 'text', (part) => ({ length: decodeText(part).length }));
  if (typeof text === 'string') return `text: ${text}`;
  const last = head.lines - 1;
  const length = (columns.start[last] ?? 0) + (columns.length[last] ?? 0);
  return text.length === length ? undefined : `its text has ${text.length} characters; its columns say ${length}`;
}

/** What a part holds, or why it cannot be read. */
function read<T extends object>(
  table: BlockTable,
  { id }: BlockHead,
  name: keyof BlockBody,
  decode: (part: Buffer) => T,
): T | string {
  try {
    const part = table.part(id, name);
    return part === undefined ? 'it is not there' : decode(part);
  } catch (error) {
    return messageOf(error);
  }
}

function moment(time: number): string {
  return new Date(time).toISOString();
}
