import type { Matcher, Selector } from '../../server/model/engine.ts';
import { type Ms, ms } from '../../server/model/units.ts';
import { renamed } from '../indicator.ts';

/** `le="0.3"`, or `le=~"1(\\.0)?"`: Prometheus 3 writes a whole second as 1.0, others as 1. */
const WHOLE = /^(\d+)(?:\(\\\.0\)\?|\(\?:\\\.0\)\?)$/;

/** The threshold a matcher on `le` stands for; undefined when it is none of whole milliseconds. */
export function thresholdOf({ op, value }: Matcher): Ms | undefined {
  const secs = op === '=' ? Number(value) : op === '=~' ? Number(WHOLE.exec(value)?.[1] ?? Number.NaN) : Number.NaN;
  const threshold = Math.round(secs * 1000);
  return threshold > 0 && Math.abs(threshold - secs * 1000) < 1e-6 ? ms(threshold) : undefined;
}

/** The bucket boundary at a threshold, however it is spelled. */
export function boundaryMatcher(threshold: Ms): Matcher {
  const secs = threshold / 1000;
  if (!Number.isInteger(secs)) return { name: 'le', op: '=', value: String(secs) };
  return { name: 'le', op: '=~', value: String.raw`${secs}(\.0)?` };
}

/** The histogram behind `x_count{...}` and `x_bucket{...,le="..."}`, when that is what two selectors are. */
export function histogramOf(
  total: Selector,
  good: Selector,
): { readonly histogram: Selector; readonly threshold: Ms } | undefined {
  const name = nameOf(total)?.replace(/_count$/, '');
  const boundaries = good.filter((matcher) => matcher.name === 'le');
  const [boundary] = boundaries;
  if (name === undefined || nameOf(total) !== `${name}_count` || boundary === undefined || boundaries.length > 1)
    return;
  const threshold = thresholdOf(boundary);
  const rest = good.filter((matcher) => matcher !== boundary);
  if (threshold === undefined || !sameMatchers(rest, renamed(total, `${name}_bucket`))) return;
  return { histogram: renamed(total, name), threshold };
}

function nameOf(selector: Selector): string | undefined {
  return selector.find(({ name, op }) => name === '__name__' && op === '=')?.value;
}

/** In whatever order. */
export function sameMatchers(a: Selector, b: Selector): boolean {
  const key = ({ name, op, value }: Matcher): string => JSON.stringify([name, op, value]);
  return JSON.stringify(a.map(key).sort()) === JSON.stringify(b.map(key).sort());
}
