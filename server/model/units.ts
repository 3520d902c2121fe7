import { VigieError } from './errors.ts';

declare const unit: unique symbol;

/** Milliseconds: a duration, or a moment since 1970-01-01T00:00:00Z. */
export type Ms = number & { readonly [unit]: 'ms' };

export function ms(value: number): Ms {
  return value as Ms;
}

export const SECOND = ms(1000);
export const MINUTE = ms(60_000);
export const HOUR = ms(3_600_000);
export const DAY = ms(86_400_000);

const DURATION_UNITS: ReadonlyArray<readonly [string, number]> = [
  ['y', 365 * DAY],
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', 1],
];

const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/**
 * Reads a duration in Prometheus' notation: `5m`, `1h30m`, `300ms`. Units are y w d h m s ms, each at most once, in falling
 * order (https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations). A bare number is an error, except 0.
 */
export function parseDuration(text: string): Ms {
  if (text === '0') return ms(0);
  const match = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (match === null || text === '') {
    const hint = /^\d+(\.\d+)?$/.test(text)
      ? `write a unit, such as "${text}s"`
      : 'want a duration such as "30s", "5m" or "1h30m"';
    throw new VigieError('bad_request', `cannot read duration ${JSON.stringify(text)}: ${hint}`);
  }
  const total = DURATION_UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0);
  return ms(total);
}

/** Writes a duration so that `parseDuration` reads it back: 5400000 is "1h30m". Shape: whole milliseconds, >= 0. */
export function formatDuration(duration: Ms): string {
  let rest = Math.round(duration);
  let text = '';
  for (const [name, size] of DURATION_UNITS) {
    if (name === 'y' || name === 'w') continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${name}`;
    rest -= count * size;
  }
  return text === '' ? '0' : text;
}

/** Reads a size with its unit: `512MiB`, `10MB`. A bare number is an error, except 0. Returns bytes. */
export function parseBytes(text: string): number {
  if (text === '0') return 0;
  const match = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/.exec(text);
  const size = BYTE_UNITS[match?.[2] ?? ''];
  if (match === null || size === undefined) {
    throw new VigieError(
      'bad_request',
      `cannot read size ${JSON.stringify(text)}: want a number with a unit, such as "512MiB"`,
    );
  }
  return Math.floor(Number(match[1]) * size);
}
