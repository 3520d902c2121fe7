import type { PositionValue } from '../../server/model/batch.ts';

/** What is known of a source beyond its positions. Travels with them, so that a rewind takes it back to the same moment. */
export interface SourceMemory {
  readonly newestEvent?: number;
  /** The last watermark sent while the source was whole. */
  readonly completeTo?: number;
  /** Dropped or changed on the way, by reason, since the collector's database was made. */
  readonly drops: Readonly<Record<string, number>>;
  /** What is wrong with its lines, while no line of it can be used. */
  readonly unparseable?: string;
  /** Lines that could not be used since the last that could, and what was wrong with the first of them. */
  readonly unusable?: { readonly lines: number; readonly note: string };
}

export const EMPTY_MEMORY: SourceMemory = { drops: {} };

/** The key it travels under among the positions of its source; no source may use it. */
export const MEMORY_KEY = '#memory';

/** Reads what a server sent back. It was ours, but a database may be damaged: what is not understood is left out. */
export function memoryFrom(value: unknown): SourceMemory {
  if (!isRecord(value)) return EMPTY_MEMORY;
  const { newestEvent, completeTo, drops, unparseable, unusable } = value;
  return {
    ...(isNumber(newestEvent) ? { newestEvent } : {}),
    ...(isNumber(completeTo) ? { completeTo } : {}),
    ...(typeof unparseable === 'string' ? { unparseable } : {}),
    ...(isUnusable(unusable) ? { unusable: { lines: unusable.lines, note: unusable.note } } : {}),
    drops: isRecord(drops) ? Object.fromEntries(Object.entries(drops).filter(isCount)) : {},
  };
}

/** The memory as the position it travels as. */
export function memoryAsPosition(memory: SourceMemory): PositionValue {
  const { newestEvent = null, completeTo = null, unparseable = null, unusable, drops } = memory;
  return { newestEvent, completeTo, unparseable, unusable: unusable === undefined ? null : { ...unusable }, drops };
}

export function addDrops(
  drops: Readonly<Record<string, number>>,
  more: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const total: Record<string, number> = { ...drops };
  for (const [reason, count] of more) total[reason] = (total[reason] ?? 0) + count;
  return total;
}

/** What was dropped between two moments of a memory, by reason. */
export function dropsSince(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const more = Object.entries(after).map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isUnusable(value: unknown): value is NonNullable<SourceMemory['unusable']> {
  return isRecord(value) && isNumber(value.lines) && value.lines > 0 && typeof value.note === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(entry: [string, unknown]): entry is [string, number] {
  return isNumber(entry[1]) && entry[1] >= 0;
}
