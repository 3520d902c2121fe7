import { z } from 'zod';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import type { GateOverride, OverrideState } from '../../server/model/gate.ts';
import { DAY, formatDuration, MINUTE, type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { readRequest } from '../files/written-request.ts';
import { got } from '../files/written-value.ts';
import type { Verdict } from './gate-verdict.ts';

/** One that was forgotten must not switch a gate off for good. */
const LONGEST_OVERRIDE = ms(7 * DAY);

const TASK = 'override the gate';

const words = (want: string, most: number) =>
  z.string(`want ${want}`).trim().min(1, `want ${want}`).max(most, `want at most ${most} characters`);

const author = words('who overrides', 200);

const requestSchema = z.strictObject({
  service: words('the name of a service', 200),
  reason: words('why', 300),
  by: author,
  duration: z.string('want a duration such as "2h"'),
});

/** The override a request makes. Throws VigieError `bad_request` with everything that is wrong. */
export function makeOverride(body: unknown, { id, now }: { readonly id: string; readonly now: Ms }): GateOverride {
  const { duration, ...written } = readRequest(requestSchema, body, TASK);
  return { id, ...written, created: now, ends: now + lengthOf(duration) };
}

function lengthOf(text: string): Ms {
  const length = readLength(text);
  if (length >= MINUTE && length <= LONGEST_OVERRIDE) return length;
  throw refuse(`duration: got ${text}; want 1m to ${formatDuration(LONGEST_OVERRIDE)}`);
}

function readLength(text: string): Ms {
  try {
    return parseDuration(text);
  } catch (error) {
    throw refuse(`duration: ${messageOf(error)}`);
  }
}

export function overrideState({ ends, ended }: GateOverride, now: Ms): OverrideState {
  if (ended !== undefined) return 'ended';
  return now < ends ? 'active' : 'expired';
}

/** Over now. Throws `bad_request` without a name, `conflict` when it is over already. */
export function endOverride(override: GateOverride, by: unknown, now: Ms): GateOverride {
  const parsed = author.safeParse(by);
  if (!parsed.success) throw refuse(`by: ${got(by, 'who ends it, in at most 200 characters')}`);
  const state = overrideState(override, now);
  if (state !== 'active')
    throw new VigieError('conflict', `cannot end override ${override.id}: it is ${state} already`);
  return { ...override, ended: { time: now, by: parsed.data } };
}

/** What stands before the reasons of a service that is let through; of several overrides the one that ends last. */
export function overrideVerdict(service: string, overrides: readonly GateOverride[], now: Ms): Verdict | undefined {
  const active = overrides.filter((one) => one.service === service && overrideState(one, now) === 'active');
  const last = active.sort((a, b) => b.ends - a.ends)[0];
  if (last === undefined) return undefined;
  const { by, reason, ends: until } = last;
  return { code: 'overridden', args: { service, by, reason, until }, decision: 'go' };
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_request', `cannot ${TASK}: ${cause}`);
}
