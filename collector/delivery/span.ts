import type { PositionValue } from '../../server/model/batch.ts';

export type Positions = Readonly<Record<string, PositionValue>>;

/** Which part of its source a batch was made of: where the keys it moved stood before it, and after it (`null`: forgotten). */
export interface Span {
  /** Keys that were not there before are not in it. */
  readonly before: Positions;
  readonly after: Readonly<Record<string, PositionValue | null>>;
  /** What was dropped on the way to it, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}
