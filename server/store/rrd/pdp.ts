import type { DataSource } from '../../model/data-source.ts';

/**
 * The open primary data point (PDP) of one data source, as rrdtool 1.7.2 keeps it: plain data.
 *
 *     time    --- step ---|--- step ---|--- step ---|
 *     update        ^            ^                ^         each closes the PDPs whose ends it has passed
 *     PDP       (unknown) | mean rate  | mean rate  | open
 */
export interface OpenPdp {
  /** The time of the last update, ms. */
  readonly lastUp: number;
  /** Its value as it was written; 'U': unknown. */
  readonly last: string;
  /** Σ rate * seconds of the known part of the open PDP; null: nothing of it is known. */
  readonly value: number | null;
  /** Whole seconds of it that are unknown. */
  readonly unknown_secs: number;
}

/** PDPs one after the other that have one value. */
export interface PdpRun {
  /** The end of the first one, ms. */
  readonly end: number;
  readonly count: number;
  /** NaN: unknown. */
  readonly value: number;
}

/** What an update closed, oldest first, and what it left open. */
export interface PdpUpdate {
  readonly open: OpenPdp;
  readonly closed: readonly PdpRun[];
}

export const UNKNOWN = 'U';

/** Nothing is known before `start`, ms: what `rrdtool create --start` makes. */
export function openPdp(start: number, step: number): OpenPdp {
  return { lastUp: start, last: UNKNOWN, value: null, unknown_secs: Math.floor((start % step) / 1000) };
}

const INTEGERS = { COUNTER: /^\d+$/, DERIVE: /^-?\d+$/ } as const;

/** Whether a data source takes the value: COUNTER and DERIVE count in integers. */
export function isUpdateValue({ type }: DataSource, text: string): boolean {
  if (text === UNKNOWN) return true;
  if (type === 'COUNTER' || type === 'DERIVE') return INTEGERS[type].test(text);
  return text !== '' && !Number.isNaN(Number(text));
}

/**
 * An update as rrdtool 1.7.2 does it; all times and the step are ms, the step whole seconds.
 * @param time after `lastUp`.
 * @param text a value that `isUpdateValue` accepts.
 */
export function updatePdp(source: DataSource, step: number, before: OpenPdp, time: number, text: string): PdpUpdate {
  const interval = (time - before.lastUp) / 1000;
  const part: Part = {
    interval,
    increment: incrementOf(source, before.last, text, interval),
    heartbeat: source.heartbeat_secs,
  };
  const begin = before.lastUp - (before.lastUp % step);
  const border = time - (time % step);
  const { value, unknown_secs } = before;
  if (border <= begin) {
    return { open: { lastUp: time, last: text, ...grown({ value, unknown_secs }, part) }, closed: [] };
  }
  const span = { pre: (border - before.lastUp) / 1000, post: (time % step) / 1000, elapsed: (border - begin) / step };
  const { rest, closed } = closeAll({ value, unknown_secs }, part, span, { begin, step });
  return { open: { lastUp: time, last: text, ...rest }, closed };
}

/** What an update, or a part of it, tells of its time. */
interface Part {
  readonly interval: number;
  /** rate * interval; NaN: unknown. */
  readonly increment: number;
  readonly heartbeat: number;
}

/** Seconds of a part before the border of the last PDP that it closes and after it, and how many it closes. */
interface Span {
  readonly pre: number;
  readonly post: number;
  readonly elapsed: number;
}

type Known = Pick<OpenPdp, 'value' | 'unknown_secs'>;

interface Steps {
  /** Where the first PDP begins, ms. */
  readonly begin: number;
  readonly step: number;
}

/** A PDP that was open already is closed for itself, since 1.7.1; those after it have one value. */
function closeAll(known: Known, part: Part, span: Span, { begin, step }: Steps) {
  const open = Math.trunc(span.pre) % (step / 1000);
  if (span.elapsed < 2 || open === 0) {
    const { pdp, rest } = close(known, part, span, step);
    return { rest, closed: [{ end: begin + step, count: span.elapsed, value: pdp }] };
  }
  const increment = (part.increment * open) / part.interval;
  const left = close(known, { ...part, interval: open, increment }, { pre: open, post: 0, elapsed: 1 }, step);
  const others = close(
    left.rest,
    { ...part, interval: part.interval - open, increment: part.increment - increment },
    { pre: span.pre - open, post: span.post, elapsed: span.elapsed - 1 },
    step,
  );
  const closed = [
    { end: begin + step, count: 1, value: left.pdp },
    { end: begin + 2 * step, count: span.elapsed - 1, value: others.pdp },
  ];
  return { rest: others.rest, closed };
}

/**
 * Time at the end of a PDP that turns out unknown is not counted in the rule "more than half unknown": so does rrdtool.
 */
function close(known: Known, { interval, increment, heartbeat }: Part, { pre, post, elapsed }: Span, step: number) {
  const isUnknown = Number.isNaN(increment);
  const total = isUnknown ? known.value : (known.value ?? 0) + (increment / interval) * pre;
  const seconds = (elapsed * step) / 1000 - known.unknown_secs - (isUnknown ? pre : 0);
  const isLost = interval > heartbeat || step / 2000 < known.unknown_secs;
  const rest: Known = isUnknown
    ? { value: null, unknown_secs: Math.floor(post) }
    : { value: (increment / interval) * post, unknown_secs: 0 };
  return { pdp: isLost || total === null ? Number.NaN : total / seconds, rest };
}

/** The open PDP with an update that closes none. */
function grown({ value, unknown_secs }: Known, { interval, increment }: Part): Known {
  if (Number.isNaN(increment)) return { value, unknown_secs: unknown_secs + Math.floor(interval) };
  return { value: (value ?? 0) + increment, unknown_secs };
}

/** rate * interval; NaN when the value, the time before it or the rate is none. */
function incrementOf(source: DataSource, last: string, text: string, interval: number): number {
  if (text === UNKNOWN || interval > source.heartbeat_secs) return Number.NaN;
  const increment = incrementOfType(source, last, text, interval);
  const rate = source.type === 'GAUGE' ? Number(text) : increment / interval;
  const isOutside = rate > (source.max ?? Number.POSITIVE_INFINITY) || rate < (source.min ?? Number.NEGATIVE_INFINITY);
  return isOutside || !Number.isFinite(increment) ? Number.NaN : increment;
}

function incrementOfType({ type }: DataSource, last: string, text: string, interval: number): number {
  if (type === 'GAUGE') return Number(text) * interval;
  if (type === 'ABSOLUTE') return Number(text);
  if (last === UNKNOWN) return Number.NaN;
  if (type === 'COUNTER') return unwrapped(difference(last, text));
  if (type === 'DERIVE') return difference(last, text);
  const [before, now] = [Number(last), Number(text)];
  const isReset = (now > 0 && before > now) || (now < 0 && now > before);
  return type === 'DCOUNTER' && isReset ? Number.NaN : now - before;
}

/** Exact beyond 2^53; across zero it is unknown. */
function difference(last: string, text: string): number {
  if (last.startsWith('-') !== text.startsWith('-')) return Number.NaN;
  const [before, now] = [Number(last), Number(text)];
  if (Number.isSafeInteger(before) && Number.isSafeInteger(now)) return now - before;
  return numberOfDigits(BigInt(text) - BigInt(last));
}

/** Digit by digit, as rrdtool reads numbers: each step rounds, which a wrap of 64 bits shows in its last thousands. */
function numberOfDigits(whole: bigint): number {
  if (whole < 0n) return -numberOfDigits(-whole);
  let number = 0;
  for (const digit of whole.toString()) number = number * 10 + Number(digit);
  return number;
}

/** Counters of 32 bits wrap, then those of 64; both are taken as one less than they are, as rrdtool does. */
function unwrapped(difference: number): number {
  if (!(difference < 0)) return difference;
  const of32 = difference + (2 ** 32 - 1);
  return of32 < 0 ? of32 + (2 ** 64 - 2 ** 32) : of32;
}
