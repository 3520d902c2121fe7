import type { BlockColumns } from './block.ts';
import type { BlockHead } from './block-head.ts';

/**
 * An order in which lines are given, as numbers: of two lines the one with the smaller rank comes first, and of equal ranks the
 * one with the smaller `tie`.
 */
export interface LineOrder {
  /** No line of the block ranks before this. */
  edge(head: BlockHead): number;
  /** No line of the block ranks after this. */
  farEdge(head: BlockHead): number;
  rank(columns: BlockColumns, row: number): number;
  /** 1: of lines of one rank the one stored earlier comes first; -1: the one stored later. */
  readonly seqSign: 1 | -1;
}

export const NEWEST_FIRST: LineOrder = {
  edge: (head) => -head.newest,
  farEdge: (head) => -head.oldest,
  rank: (columns, row) => -(columns.time[row] ?? 0),
  seqSign: -1,
};

export const OLDEST_FIRST: LineOrder = {
  edge: (head) => head.oldest,
  farEdge: (head) => head.newest,
  rank: (columns, row) => columns.time[row] ?? 0,
  seqSign: 1,
};

export const AS_STORED: LineOrder = {
  edge: (head) => head.firstSeq,
  farEdge: (head) => head.lastSeq,
  rank: (columns, row) => columns.seq[row] ?? 0,
  seqSign: 1,
};

export const STORED_LAST_FIRST: LineOrder = {
  edge: (head) => -head.lastSeq,
  farEdge: (head) => -head.firstSeq,
  rank: (columns, row) => -(columns.seq[row] ?? 0),
  seqSign: -1,
};

/** A place in an order. */
export interface Place {
  readonly rank: number;
  /** `seq` times the sign of the order. */
  readonly tie: number;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.rank - b.rank || a.tie - b.tie;
}
