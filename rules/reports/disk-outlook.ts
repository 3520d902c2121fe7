import type { Window } from '../../server/model/engine.ts';
import type { DiskOutlook, FillingDisk } from '../../server/model/slo-report.ts';
import { DAY, HOUR, type Ms, ms } from '../../server/model/units.ts';
import type { DiskUse } from './disk-use.ts';

/** A line is told where it is one: over two days and twelve values at least, with nine tenths of the changes on it. */
const LEAST_SPAN = ms(2 * DAY);
const LEAST_VALUES = 12;
const LEAST_R_SQUARED = 0.9;
const HORIZON = ms(365 * DAY);
const MOST_TOLD = 20;
/** About so many values make a line. */
const USUAL_VALUES = 200;

/** One value in so long makes the line of a period. */
export function diskStep({ start, end }: Window): Ms {
  const steps = [HOUR, ms(6 * HOUR), DAY];
  return steps.find((step) => (end - start) / step <= USUAL_VALUES) ?? DAY;
}

/**
 * The file systems that are full within a year, if they go on as in the period: the line of least squares through the last value of each
 * step, and where it reaches 1. Told only of those that grow along a line; one that is emptied now and then does not.
 */
export function diskOutlook(disks: readonly DiskUse[], time: Ms): DiskOutlook | undefined {
  const reported = disks.filter(({ used }) => used.length > 0);
  if (reported.length === 0) return undefined;
  const filling = reported
    .flatMap((disk) => fillingDisk(disk, time) ?? [])
    .sort((a, b) => a.full_at - b.full_at || (a.host + a.mountpoint < b.host + b.mountpoint ? -1 : 1));
  const left_out = Math.max(0, filling.length - MOST_TOLD);
  return { reported: reported.length, filling: filling.slice(0, MOST_TOLD), left_out };
}

function fillingDisk({ host, mountpoint, time: times, used }: DiskUse, time: Ms): FillingDisk | undefined {
  const [first = 0, newest = 0] = [times[0], times.at(-1)];
  if (used.length < LEAST_VALUES || newest - first < LEAST_SPAN) return undefined;
  const line = lineThrough(times, used);
  if (line.slope <= 0 || line.r_squared < LEAST_R_SQUARED) return undefined;
  const full_at = Math.round(line.meanTime + (1 - line.meanValue) / line.slope);
  if (full_at <= time || full_at > time + HORIZON) return undefined;
  return {
    ...{ host, mountpoint, full_at },
    used_ratio: used.at(-1) ?? 0,
    growth_per_day: line.slope * DAY,
    r_squared: line.r_squared,
    values: used.length,
  };
}

interface Line {
  /** Per ms. */
  readonly slope: number;
  readonly meanTime: number;
  readonly meanValue: number;
  /** 0 where all values are the same. */
  readonly r_squared: number;
}

/** Ordinary least squares, of deviations from the means: times are large and lie close together. */
function lineThrough(times: readonly number[], values: readonly number[]): Line {
  const meanTime = meanOf(times);
  const meanValue = meanOf(values);
  const sums = { tt: 0, tv: 0, vv: 0 };
  for (const [i, time] of times.entries()) {
    const [t, v] = [time - meanTime, (values[i] ?? 0) - meanValue];
    sums.tt += t * t;
    sums.tv += t * v;
    sums.vv += v * v;
  }
  const r_squared = sums.tt > 0 && sums.vv > 0 ? Math.min(1, sums.tv ** 2 / (sums.tt * sums.vv)) : 0;
  return { slope: sums.tt > 0 ? sums.tv / sums.tt : 0, meanTime, meanValue, r_squared };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
