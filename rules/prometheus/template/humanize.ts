import { significant } from './number-text.ts';

const LARGE = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['', 'm', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** Four digits and a prefix: 1234567 is 1.235M (https://prometheus.io/docs/prometheus/latest/configuration/template_reference/). */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return significant(value, 4);
  return Math.abs(value) >= 1 ? scaled(value, LARGE, 1000) : enlarged(value);
}

export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? significant(value, 4) : scaled(value, BINARY, 1024);
}

export function humanizePercentage(value: number): string {
  return `${significant(value * 100, 4)}%`;
}

/** Seconds as `1d 2h 3m 4s`; below a minute with four digits. */
export function humanizeDuration(secs: number): string {
  if (!Number.isFinite(secs)) return significant(secs, 4);
  const size = Math.abs(secs);
  if (size !== 0 && size < 1) return `${enlarged(secs)}s`;
  if (size < 60) return `${significant(secs, 4)}s`;
  const whole = Math.floor(size);
  const parts = [
    [Math.floor(whole / 86400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return (
    (secs < 0 ? '-' : '') +
    parts
      .slice(first)
      .map(([count, unit]) => `${count}${unit}`)
      .join(' ')
  );
}

function scaled(value: number, prefixes: readonly string[], base: number): string {
  let rest = value;
  let step = 0;
  for (; Math.abs(rest) >= base && step < prefixes.length - 1; step++) rest /= base;
  return significant(rest, 4) + prefixes[step];
}

function enlarged(value: number): string {
  let rest = value;
  let step = 0;
  for (; Math.abs(rest) < 1 && step < SMALL.length - 1; step++) rest *= 1000;
  return significant(rest, 4) + SMALL[step];
}
