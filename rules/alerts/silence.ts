import { z } from 'zod';
import type { Alert, Silence, SilenceState } from '../../server/model/alerts.ts';
import type { CompileMatcher } from '../../server/model/engine.ts';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import { isLabelName, type Labels } from '../../server/model/labels.ts';
import { DAY, formatDuration, type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { readRequest } from '../files/written-request.ts';

/** A silence that was forgotten must not last for ever. */
const LONGEST_SILENCE = ms(90 * DAY);

/** What silences look at: the labels of the SLO, under which ours cannot hide. */
export function alertLabels({ labels, slo, service, owner, tier }: Omit<SilencedThing, 'id'>): Labels {
  return { ...labels, slo, service, owner, tier };
}

export type SilencedThing = Pick<Alert, 'id' | 'labels' | 'slo' | 'service' | 'owner' | 'tier'>;

export function silenceState({ starts, ends }: Pick<Silence, 'starts' | 'ends'>, now: Ms): SilenceState {
  if (now >= ends) return 'expired';
  return now < starts ? 'pending' : 'active';
}

/** Whether all matchers accept the labels; a label that is not there is empty. */
export function silenceMatches(
  { matchers }: Pick<Silence, 'matchers'>,
  labels: Labels,
  compile: CompileMatcher,
): boolean {
  return matchers.every((matcher) =>
    compile(matcher).matches(Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] ?? '') : ''),
  );
}

/** Ids of the silences that keep an alert quiet at `now`, in the order of `silences`. */
export function silencedBy(
  alert: SilencedThing,
  silences: readonly Silence[],
  now: Ms,
  compile: CompileMatcher,
): readonly string[] {
  return labelsSilencedBy(alertLabels(alert), silences, now, compile);
}

/** The same for whatever has labels. */
export function labelsSilencedBy(
  labels: Labels,
  silences: readonly Silence[],
  now: Ms,
  compile: CompileMatcher,
): readonly string[] {
  return silences
    .filter((silence) => silenceState(silence, now) === 'active' && silenceMatches(silence, labels, compile))
    .map(({ id }) => id);
}

export const matcherSchema = z.strictObject({
  name: z.string().refine(isLabelName, 'want a label name such as "slo"'),
  op: z.enum(['=', '!=', '=~', '!~'], 'want =, !=, =~ or !~'),
  value: z.string().max(512, 'want at most 512 characters'),
});

const moment = z.int().min(0).max(8.64e15).optional();

export const words = (most: number, want: string) =>
  z.string(`want ${want}`).trim().min(1, `want ${want}`).max(most, `want at most ${most} characters`);

const requestSchema = z
  .strictObject({
    id: z.string().max(64).optional(),
    matchers: z.array(matcherSchema).min(1, 'want at least one matcher').max(16, 'want at most 16 matchers'),
    starts: moment,
    ends: moment,
    duration: z.string().optional(),
    author: words(200, 'who silences'),
    comment: words(1000, 'why'),
  })
  .refine(({ ends, duration }) => (ends === undefined) !== (duration === undefined), 'want either ends or duration');

export type WrittenSilence = z.output<typeof requestSchema>;

/** Checks the shape of a request. Throws VigieError `bad_request` with everything that is wrong. */
export function readSilenceRequest(body: unknown): WrittenSilence {
  return readRequest(requestSchema, body, 'make silence');
}

/**
 * The silence a request makes, or what it makes of `previous`. A start in the past is now, unless the silence had begun by then.
 * Throws VigieError `bad_request`: it would match everything, end before it begins, be over already, or last beyond 90 days.
 */
export function makeSilence(
  written: WrittenSilence,
  { id, now, previous }: { readonly id: string; readonly now: Ms; readonly previous?: Silence | undefined },
  compile: CompileMatcher,
): Silence {
  refuseBroad(written, compile);
  const earliest = previous === undefined ? now : Math.min(previous.starts, now);
  const starts = Math.max(written.starts ?? previous?.starts ?? now, earliest);
  const ends = written.ends ?? starts + lengthOf(written.duration ?? '');
  if (ends <= starts) throw refuse('it would end before it begins');
  if (ends <= now) throw refuse('it would be over already');
  if (ends - starts > LONGEST_SILENCE)
    throw refuse(`got ${formatDuration(ms(ends - starts))}; want at most ${formatDuration(LONGEST_SILENCE)}`);
  const { matchers, author, comment } = written;
  return { id, matchers, starts, ends, author, comment, created: previous?.created ?? now, updated: now };
}

/** The same silence, over now: one that had not begun begins and ends at once. */
export function expireSilence(silence: Silence, now: Ms): Silence {
  if (now >= silence.ends) return silence;
  return { ...silence, starts: Math.min(silence.starts, now), ends: now, updated: now };
}

function lengthOf(duration: string): Ms {
  try {
    return parseDuration(duration);
  } catch (error) {
    throw refuse(`duration: ${messageOf(error)}`);
  }
}

/** Matchers that all accept an absent label would silence whatever comes. */
function refuseBroad({ matchers }: WrittenSilence, compile: CompileMatcher): void {
  if (matchers.every((matcher) => compileOrRefuse(matcher, compile).matches(''))) {
    throw refuse('every matcher accepts an absent label, so it would silence everything; want one such as slo="shop"');
  }
}

function compileOrRefuse(matcher: WrittenSilence['matchers'][number], compile: CompileMatcher) {
  try {
    return compile(matcher);
  } catch (error) {
    throw refuse(messageOf(error));
  }
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_request', `cannot make silence: ${cause}`);
}
