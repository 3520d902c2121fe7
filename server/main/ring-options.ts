import { z } from 'zod';
import { duration } from '../../collector/main.ts';
import { commonSlot, faultOfRings, readMatch } from '../engine/ring-choice.ts';
import type { RingConfig, Selector } from '../model/engine.ts';
import { messageOf } from '../model/errors.ts';
import { DEFAULT_RINGS, type RingProfile } from '../model/rings.ts';
import { DAY, formatDuration, ms, SECOND } from '../model/units.ts';

const MAX_PROFILES = 32;
const LONGEST_STEP = 7 * DAY;
const LONGEST_KEEP = 3650 * DAY;
/** Questions about series of different rings have borders that all of them have. */
const LONGEST_COMMON_STEP = 30 * DAY;

const ring = z.strictObject({ step: duration(SECOND, LONGEST_STEP), keep: duration(SECOND, LONGEST_KEEP) });

/** Finest first; the first one keeps counters and gauges as they came, up to four samples a step. */
const rings = z
  .array(ring)
  .transform((list): readonly RingProfile[] => list.map(({ step, keep }) => ({ width: ms(step), span: ms(keep) })))
  .superRefine((list, context) => {
    const fault = faultOfRings(list);
    if (fault !== undefined) context.addIssue({ code: 'custom', path: [...fault.at], message: fault.cause });
  });

/** A selector of series. */
export const selectorSchema = z
  .string()
  .transform((match, context): { readonly match: string; readonly selector: Selector } => {
    try {
      return readMatch(match);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });

/** `store: {rings: ...}`: the rings of series that match a profile, the first that does, and of all others. */
export const ringsSchema = z
  .strictObject({
    default: rings.prefault(DEFAULT_RINGS.map(({ width, span }) => ({ step: written(width), keep: written(span) }))),
    profiles: z
      .array(z.strictObject({ match: selectorSchema, rings }))
      .max(MAX_PROFILES)
      .default([]),
  })
  .transform(
    ({ default: usual, profiles }): RingConfig => ({
      rings: usual,
      rules: profiles.map(({ match, rings: some }) => ({ ...match, rings: some })),
    }),
  )
  .superRefine((config, context) => {
    const common = commonSlot(config);
    if (common <= LONGEST_COMMON_STEP) return;
    const want = 'want widest steps that divide each other, or have a common multiple of at most 30d';
    context.addIssue({
      code: 'custom',
      message: `got widest steps whose common multiple is ${formatDuration(common)}; ${want}`,
    });
  });

function written(length: number): string {
  return formatDuration(ms(length));
}
