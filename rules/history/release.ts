import { z } from 'zod';
import type { Window } from '../../server/model/engine.ts';
import { VigieError } from '../../server/model/errors.ts';
import type { Release, SpanFigures } from '../../server/model/releases.ts';
import { alignDown } from '../../server/model/rings.ts';
import { shortHash } from '../../server/model/short-hash.ts';
import { DAY, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import type { EventCounts } from '../figures/budget.ts';
import { burnOf } from '../figures/burn.ts';
import { readRequest } from '../files/written-request.ts';

/** A job that is tried again says the same thing again, not another. */
const SAME_MARK_MS = 10 * MINUTE;
/** A clock may be a little ahead of ours. */
const MAX_AHEAD_MS = 10 * MINUTE;
const MAX_AGE_MS = 730 * DAY;

/** The last moment a Date can hold (ECMA-262, 21.4.1.1). */
const MAX_TIME_MS = 8.64e15;

const words = (want: string, most: number) =>
  z.string(`want ${want}`).trim().min(1, `want ${want}`).max(most, `want at most ${most} characters`);

const requestSchema = z.strictObject({
  service: words('the name of a service', 200),
  version: words('a version', 200),
  by: words('who marks it', 200),
  note: words('a note', 500).optional(),
  time: z.int('want ms since the epoch').max(MAX_TIME_MS, 'want ms since the epoch').optional(),
});

/** The release a request marks; the one that is known already where it says it again. Throws VigieError `bad_request`. */
export function markedRelease(body: unknown, known: readonly Release[], now: Ms): Release {
  const { time: told, note, ...written } = readRequest(requestSchema, body, 'mark the release');
  const same = known.find((one) => isSame(one, written) && now - one.time < SAME_MARK_MS);
  const time = told ?? same?.time ?? now;
  if (time > now + MAX_AHEAD_MS) throw refuse(`time: got ${inWords(time)}; want at most ten minutes from now`);
  if (time < now - MAX_AGE_MS) throw refuse(`time: got ${inWords(time)}; want at most two years ago`);
  const id = releaseId(written, time);
  return known.find((one) => one.id === id) ?? { id, ...written, time, ...(note !== undefined && { note }) };
}

function isSame(a: Pick<Release, 'service' | 'version'>, b: Pick<Release, 'service' | 'version'>): boolean {
  return a.service === b.service && a.version === b.version;
}

/** The time first, for people and for sorting; the hash tells apart what went out at one moment. */
function releaseId({ service, version }: Pick<Release, 'service' | 'version'>, time: number): string {
  return `${inWords(time).replace(/[-:]|\.\d+/g, '')}-${shortHash(JSON.stringify([service, version, time]))}`;
}

function inWords(time: number): string {
  return new Date(time).toISOString();
}

/** Steps of the finest ring. */
const BORDER = ms(10_000);
const LONGEST_SPAN = DAY;

/**
 * As long before a release as after it: up to what is known, a day at most, and no further than the next release of the service.
 * Empty when nothing is known of the time after it.
 */
export function comparedWindows(time: Ms, knownTo: Ms, next: Ms | undefined): readonly [Window, Window] | undefined {
  const at = alignDown(time, BORDER);
  const end = alignDown(ms(Math.min(knownTo, next ?? knownTo, at + LONGEST_SPAN)), BORDER);
  if (end <= at) return undefined;
  return [
    { start: ms(at - (end - at)), end: at },
    { start: at, end },
  ];
}

export function spanFigures({ total, good, bad }: EventCounts, { start, end }: Window, objective: number): SpanFigures {
  const { rate } = burnOf(ms(end - start), { total, good, bad }, objective);
  return { total, bad, ...(total > 0 && { attained: good / total }), ...(rate !== undefined && { rate }) };
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_request', `cannot mark the release: ${cause}`);
}
