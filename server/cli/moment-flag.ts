import { messageOf, VigieError } from '../model/errors.ts';
import { type Ms, ms, parseDuration } from '../model/units.ts';

/** A moment: RFC 3339, seconds since the epoch, or so long before `now`. */
export function timeOf(flag: string, text: string, now: Ms): Ms {
  if (/^\d+[a-z]/.test(text) || text === '0') return ms(now - durationOf(flag, text));
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isFinite(time)) return ms(Math.round(time));
  const want = 'want 90m, 2d, 2026-01-05T10:00:00Z or seconds since 1970';
  throw new VigieError('bad_request', `cannot use ${flag} ${JSON.stringify(text)}: ${want}`);
}

function durationOf(flag: string, text: string): Ms {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new VigieError('bad_request', `cannot use ${flag}: ${messageOf(error)}`);
  }
}
