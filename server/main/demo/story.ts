import type { DemoStory } from '../../model/demo.ts';
import type { Window } from '../../model/engine.ts';
import { alignDown } from '../../model/rings.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../model/units.ts';

/** What a demo is made of: the same plan makes the same shop, to the byte. */
export interface DemoPlan {
  readonly seed: number;
  /** MIN_DAYS or more. */
  readonly days: number;
  /** Requests before `end`, at least. */
  readonly lines: number;
  /** Where the past ends and live begins: a whole minute, ms. */
  readonly end: Ms;
}

/** With fewer the chapters would overlap. */
export const MIN_DAYS = 10;

/** The log store keeps no longer. */
export const MAX_DAYS = 100;
/** Fewer would tell no story. */
export const MIN_LINES = 20_000;

/**
 * The chapters, each at its hour of the day (UTC), so that a night is a night whenever the demo is started:
 *
 *     -24 d       -12 d          -7 d..-6 d      -3 d                       -1 d          -5.5 h    -40 min   -20 min    end
 *     leak (4 d)  sale + deploy  quiet night     outage, collector dead     small burn    slow ...  mail dies beta opens
 */
export interface Story extends DemoStory {
  readonly start: Ms;
  readonly end: Ms;
}

export function storyOf({ days, end }: DemoPlan): Story {
  const at = (daysAgo: number, hour: number): Ms => {
    const whole = Math.round((daysAgo * days) / 30) || 1;
    return ms(alignDown(end, DAY) - whole * DAY + hour * HOUR);
  };
  const from = (start: Ms, length: number): Window => ({ start, end: ms(start + length) });
  return {
    start: ms(end - days * DAY),
    end,
    leak: { start: at(24, 6), end: ms(Math.max(at(20, 6), at(24, 6) + DAY)) },
    sale: from(at(12, 13.5), 2.5 * HOUR),
    deploy: from(at(12, 14.5), 20 * MINUTE),
    quiet: from(at(6, 0.5), 4.5 * HOUR),
    outage: from(at(3, 9), 90 * MINUTE),
    silence: from(ms(at(3, 9) + HOUR), 3 * HOUR),
    burn: from(at(1, 15), 45 * MINUTE),
    slow: ms(end - 5.5 * HOUR),
    mail_silent: ms(end - 40 * MINUTE),
    beta: ms(end - 20 * MINUTE),
    retired: at(16, 12),
  };
}

export function within(time: number, { start, end }: Window): boolean {
  return time >= start && time < end;
}

/** 0 before, 1 behind, rising evenly between. */
export function progressOf(time: number, { start, end }: Window): number {
  return Math.min(1, Math.max(0, (time - start) / (end - start)));
}
