import { z } from 'zod';
import type { CompileMatcher } from '../../server/model/engine.ts';
import { messageOf, VigieError } from '../../server/model/errors.ts';
import type { Exclusion, ExclusionUndo } from '../../server/model/exclusions.ts';
import { alignDown } from '../../server/model/rings.ts';
import { DAY, formatDuration, MINUTE, type Ms, ms, parseDuration } from '../../server/model/units.ts';
import { isZone } from '../../server/model/zones.ts';
import { matcherSchema, words } from '../alerts/silence.ts';
import { readRequest } from '../files/written-request.ts';
import { namesItsStart, readRecurrence } from './recurrence.ts';

/** What was left out by mistake must not hide a year. */
const LONGEST = ms(90 * DAY);
const LONGEST_OF_MANY = ms(31 * DAY);

/** What is older no ring holds; what is further ahead nobody remembers. */
const EARLIEST = ms(730 * DAY);
const LATEST = ms(366 * DAY);

const moment = z.int().min(0).max(8.64e15).optional();

const requestSchema = z
  .strictObject({
    slos: z.array(z.string().min(1).max(100)).min(1, 'want at least one SLO').max(100, 'want at most 100').optional(),
    matchers: z.array(matcherSchema).min(1, 'want at least one matcher').max(16, 'want at most 16 matchers').optional(),
    starts: moment,
    ends: moment,
    duration: z.string().max(64).optional(),
    recurrence: z
      .strictObject({
        rule: z.string('want a rule such as "FREQ=WEEKLY;BYDAY=TU"'),
        zone: z.string('want a zone such as "Europe/Paris"').refine(isZone, 'want an IANA name such as "Europe/Paris"'),
      })
      .optional(),
    reason: words(1000, 'why'),
    author: words(200, 'who excludes'),
  })
  .refine(({ ends, duration }) => (ends === undefined) !== (duration === undefined), 'want either ends or duration')
  .refine(({ slos, matchers }) => (slos === undefined) !== (matchers === undefined), 'want either slos or matchers');

const undoSchema = z.strictObject({ author: words(200, 'who undoes'), reason: words(1000, 'why').optional() });

/**
 * The exclusion that a request makes. Throws VigieError `bad_request` with what is wrong: an unknown shape, borders that are no whole
 * minutes, too long, too old, matchers that accept everything, a rule that cannot be read or does not name its first day.
 */
export function makeExclusion(
  body: unknown,
  { id, now }: { readonly id: string; readonly now: Ms },
  compile: CompileMatcher,
): Exclusion {
  const {
    slos,
    matchers,
    starts: wish,
    ends: end,
    duration,
    recurrence,
    reason,
    author,
  } = readRequest(requestSchema, body, 'make exclusion');
  const starts = ms(wish ?? alignDown(now, MINUTE));
  const ends = ms(end ?? starts + durationOf(duration ?? ''));
  refuseTimes({ starts, ends, isRepeated: recurrence !== undefined }, now);
  if (matchers !== undefined) refuseBroad(matchers, compile);
  if (recurrence !== undefined) refuseRule(recurrence, starts);
  return {
    id,
    ...(slos !== undefined && { slos }),
    ...(matchers !== undefined && { matchers }),
    starts,
    ends,
    ...(recurrence !== undefined && { recurrence }),
    reason,
    author,
    created: now,
  };
}

/** Throws VigieError `bad_request`. */
export function makeUndo(exclusion: string, body: unknown, now: Ms): ExclusionUndo {
  const { author, reason } = readRequest(undoSchema, body, 'undo exclusion');
  return { exclusion, author, ...(reason !== undefined && { reason }), created: now };
}

function refuseTimes(
  { starts, ends, isRepeated }: { readonly starts: Ms; readonly ends: Ms; readonly isRepeated: boolean },
  now: Ms,
): void {
  if (ends <= starts) throw refusal('it would end before it begins');
  if (starts % MINUTE !== 0 || ends % MINUTE !== 0) {
    throw refusal('got seconds; want whole minutes, in which events are counted');
  }
  const longest = isRepeated ? LONGEST_OF_MANY : LONGEST;
  if (ends - starts > longest) {
    throw refusal(`got ${formatDuration(ms(ends - starts))}; want at most ${formatDuration(longest)}`);
  }
  if (starts < now - EARLIEST) throw refusal(`it would begin more than ${formatDuration(EARLIEST)} ago`);
  if (starts > now + LATEST) throw refusal(`it would begin in more than ${formatDuration(LATEST)}`);
}

function refuseRule(recurrence: NonNullable<Exclusion['recurrence']>, starts: Ms): void {
  const rule = readOrRefuse(() => readRecurrence(recurrence), 'rule');
  if (!namesItsStart(rule, starts)) {
    throw refusal('the rule does not name the day it begins on; want a start that is its first occurrence');
  }
}

function durationOf(written: string): Ms {
  return readOrRefuse(() => parseDuration(written), 'duration');
}

/** Matchers that all accept an absent label would leave out everything. */
function refuseBroad(matchers: NonNullable<Exclusion['matchers']>, compile: CompileMatcher): void {
  const compiled = matchers.map((matcher) => readOrRefuse(() => compile(matcher), 'matchers'));
  if (compiled.every((matcher) => matcher.matches(''))) {
    throw refusal('every matcher accepts an absent label, so it would exclude everything; want one such as slo="shop"');
  }
}

function readOrRefuse<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (error) {
    throw refusal(`${what}: ${messageOf(error)}`);
  }
}

function refusal(cause: string): VigieError {
  return new VigieError('bad_request', `cannot make exclusion: ${cause}`);
}
