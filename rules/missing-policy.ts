import { z } from 'zod';
import type { Reason, SloState } from '../server/model/slo.ts';
import { got } from './files/written-value.ts';
import { DEFAULT_NO_DATA, type NoDataTier, type SloDefinition } from './slo-definition.ts';

/**
 * What a definition makes of silence, where it says so:
 *
 *              no_data: somebody has not told for five minutes      no_traffic: all have told, of nothing
 *     unknown  the state is no_data, the gate says unknown          the state is no_traffic, the gate says unknown
 *     bad      the same state, the gate says no                     the same state, the gate says no
 *     ignore   judged by the figures of the last word               -
 *     good     judged as if nothing had failed since                the state is ok
 *
 * Silence is not health: what is passed over stays among the reasons, and the gate's go is one with care.
 */
export interface MissingPolicy {
  readonly no_data?: NoDataPolicy | undefined;
  readonly no_traffic?: NoTrafficPolicy | undefined;
}

const NO_DATA = ['unknown', 'bad', 'ignore', 'good'] as const;
type NoDataPolicy = (typeof NO_DATA)[number];

const NO_TRAFFIC = ['unknown', 'bad', 'good'] as const;
type NoTrafficPolicy = (typeof NO_TRAFFIC)[number];

export const missingSchema = z
  .strictObject(
    {
      no_data: z.enum(NO_DATA, { error: (issue) => got(issue.input, 'unknown, bad, ignore or good') }).optional(),
      no_traffic: z.enum(NO_TRAFFIC, { error: (issue) => got(issue.input, 'unknown, bad or good') }).optional(),
    },
    {
      error: (issue) =>
        issue.code === 'invalid_type' ? got(issue.input, 'a map of no_data and no_traffic') : undefined,
    },
  )
  .meta({ description: 'what silence counts as: nothing known (the default), bad, or good' });

export const MISSING_KEYS: Readonly<Record<string, readonly string[]>> = { missing: ['no_data', 'no_traffic'] };

/** Whom to tell of silence: what the alerts of the definition say, else what follows from what it counts as. */
export function noDataTierOf({ no_data, missing }: SloDefinition): NoDataTier {
  if (no_data !== undefined) return no_data;
  switch (missing?.no_data) {
    case 'bad':
      return 'page';
    case 'ignore':
    case 'good':
      return 'none';
    default:
      return DEFAULT_NO_DATA;
  }
}

/** Reasons of silence alone: somebody was heard before. What was never heard, or cannot be measured, nobody can pass over. */
const SILENT: Readonly<Partial<Record<SloState, readonly Reason['code'][]>>> = {
  no_data: ['watermark_stale', 'source_broken'],
  no_traffic: ['no_traffic'],
};

/** The reasons of a state that the definition passes over, what it says about it first; undefined when they stand. */
export function passedOver(
  state: SloState,
  reasons: readonly Reason[],
  { service, missing }: SloDefinition,
): readonly Reason[] | undefined {
  const policy = state === 'no_data' ? missing?.no_data : state === 'no_traffic' ? missing?.no_traffic : undefined;
  if (policy !== 'ignore' && policy !== 'good') return undefined;
  if (!reasons.every(({ code }) => SILENT[state]?.includes(code))) return undefined;
  return [{ code: 'silence_passed_over', args: { service, silence: state, policy } }, ...reasons];
}

/** The states in which the definition takes silence for bad. */
export function badSilence({ missing }: SloDefinition): readonly ('no_data' | 'no_traffic')[] {
  return (['no_data', 'no_traffic'] as const).filter((state) => missing?.[state] === 'bad');
}
