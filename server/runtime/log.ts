import { type Clock, systemClock } from '../model/clock.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Sentences with key-values on stderr. WARN: nothing was lost. ERROR: data was lost or a person is needed. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A message of one text about one thing is written at most once in this time; how many were left out is said with the next. */
const REPEAT_MS = 10_000;
/** The fields that say what a message is about. */
const SUBJECTS = ['path', 'receiver', 'source', 'sink', 'address', 'part'] as const;
/** Things may be as many as somebody likes, such as paths that are asked for: further ones share their message's turn. */
const MAX_REPEATS = 256;
const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface LogOptions {
  readonly level?: LogLevel;
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
  /** Milliseconds since any moment, whatever happens to the clock. */
  readonly elapsed?: () => number;
}

interface Repeat {
  readonly until: number;
  left: number;
}

export function createLog(component: string, options: LogOptions = {}): Log {
  const { level = 'info', clock = systemClock, elapsed = () => performance.now() } = options;
  const { write = (line) => process.stderr.write(line) } = options;
  const repeats = new Map<string, Repeat>();
  const put = (at: LogLevel, message: string, fields: LogFields = {}): void => {
    if (ORDER.indexOf(at) < ORDER.indexOf(level)) return;
    const now = elapsed();
    const key = keyOf(message, fields, repeats, now);
    const repeat = repeats.get(key);
    if (repeat !== undefined && now < repeat.until) {
      repeat.left++;
      return;
    }
    repeats.set(key, { until: now + REPEAT_MS, left: 0 });
    const repeated = repeat?.left ? { ...fields, repeated: repeat.left } : fields;
    const time = new Date(clock.now()).toISOString();
    write(`${time} ${at.toUpperCase().padEnd(5)} ${component}: ${message}${pairs(repeated)}\n`);
  };
  return {
    debug: (message, fields) => put('debug', message, fields),
    info: (message, fields) => put('info', message, fields),
    warn: (message, fields) => put('warn', message, fields),
    error: (message, fields) => put('error', message, fields),
  };
}

function keyOf(message: string, fields: LogFields, repeats: Map<string, Repeat>, now: number): string {
  const subjects = SUBJECTS.flatMap((name) => fields[name] ?? []);
  const key = JSON.stringify([message, ...subjects]);
  if (repeats.has(key) || repeats.size < MAX_REPEATS) return key;
  for (const [old, { until }] of repeats) if (until <= now) repeats.delete(old);
  return repeats.size < MAX_REPEATS ? key : JSON.stringify([message]);
}

/** Values are quoted as JSON, so no control byte of a hostile log line reaches a terminal. */
function pairs(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? printable(value) : value}`)
    .join('');
}

function printable(value: string): string {
  // C1 controls and bidirectional marks move what a terminal shows, and JSON leaves them as they are.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
