import { type Ms, ms } from './units.ts';

/** Where time comes from. Everything below the edge takes a moment as an argument instead. */
export interface Clock {
  now(): Ms;
}

/** The machine's clock: the only place that reads it. */
export const systemClock: Clock = { now: () => ms(Date.now()) };
