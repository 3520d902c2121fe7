import type { Hello } from '../../model/ingest.ts';
import type { Origin } from './clients.ts';

/**
 * Which origins change their standing with a hello, as they stand after it. Pure.
 *
 *     listed ----- a hello of its collector without it ----> retired     data and positions stay, nobody waits for it
 *       ^  ^------ a hello with it -------------------------- |
 *       |                                                  forget
 *       +--------- a batch of it ----> forgotten <----------- +          off every list
 *
 * Forgotten, an origin whose data are in series stays behind them: they are kept, and their age is judged by it. One without any is
 * removed, and its place is free (`CLIENT_LIMITS.origins`).
 *
 * A batch does not bring back what is retired: it may have waited in the queue since before.
 */
export function standingAfter(
  { collector, sources }: Pick<Hello, 'collector' | 'sources'>,
  origins: Iterable<Origin>,
  now: number,
): readonly Origin[] {
  return [...origins].flatMap((origin) => {
    if (origin.collector !== collector) return [];
    const isConfigured = sources === undefined || sources.includes(origin.source);
    if (isConfigured === (origin.retired === undefined)) return [];
    return [isConfigured ? unretired(origin) : { ...origin, retired: now }];
  });
}

/** The origins of a collector, or one of them, as forgotten; those that are forgotten already are not among them. Pure. */
export function forgottenOf(origins: Iterable<Origin>, collector: string, source?: string): readonly Origin[] {
  return [...origins]
    .filter((origin) => origin.collector === collector && (source === undefined || origin.source === source))
    .filter(({ forgotten }) => forgotten !== true)
    .map((origin) => ({ ...origin, forgotten: true }));
}

/** An origin that sends again as a new one: its age is still judged by what it sent before. */
export function listedAgain({ id, collector, source, highWater }: Origin): Origin {
  return { id, collector, source, highWater };
}

function unretired({ retired: _, ...origin }: Origin): Origin {
  return origin;
}
