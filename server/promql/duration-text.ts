import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../model/units.ts';

const UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', 1],
];

/** A duration as Prometheus prints it: years and weeks only when nothing is left over, 0 as `0s`. */
export function durationText(duration: Ms): string {
  if (duration === 0) return '0s';
  if (duration % (365 * DAY) === 0) return `${duration / (365 * DAY)}y`;
  if (duration % (7 * DAY) === 0) return `${duration / (7 * DAY)}w`;
  let rest = duration as number;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
