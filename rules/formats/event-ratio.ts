import type { Selector } from '../../server/model/engine.ts';
import { formatDuration } from '../../server/model/units.ts';
import { selectorText } from '../files/selector-text.ts';
import type { ParseSelector } from '../indicator.ts';
import { histogramOf, sameMatchers } from './bucket-boundary.ts';
import { type CountExpression, parseCounts } from './ratio-query.ts';

/** The indicator of a definition of ours, as it is written. */
export type WrittenIndicator =
  | { readonly availability: { readonly total: string; readonly good?: string; readonly bad?: string } }
  | { readonly latency: { readonly histogram: string; readonly threshold: string } };

/** Two queries: all events and one side of them. */
export interface QueryPair {
  readonly total: string;
  readonly part: string;
  readonly counts: 'good' | 'bad';
}

/** A count by a selector. */
interface EventCount {
  readonly selector: Selector;
  readonly over: string;
}

/** Throws what cannot be counted, or does not fit together. `readCount` says which side of the pair is wrong. */
export function indicatorOfPair({ total, part, counts }: QueryPair, parseSelector: ParseSelector): WrittenIndicator {
  const all = eventCount(parseCounts(total), parseSelector);
  const expression = parseCounts(part);
  if (expression.kind !== 'difference') return indicatorOf(all, eventCount(expression, parseSelector), counts);
  // total - good are the bad ones, and the other way round.
  const from = eventCount(expression.left, parseSelector);
  if (!sameMatchers(from.selector, all.selector) || from.over !== all.over) {
    throw new Error('got a difference that does not start from the total; want total - good, or a count of its own');
  }
  return indicatorOf(all, eventCount(expression.right, parseSelector), counts === 'bad' ? 'good' : 'bad');
}

/** A ratio that is computed already: `part / total`, or `1 - part / total`. `counts` is what it is a ratio of. */
export function indicatorOfRatio(
  query: string,
  counts: 'good' | 'bad',
  parseSelector: ParseSelector,
): WrittenIndicator {
  const expression = parseCounts(query);
  const other = counts === 'bad' ? 'good' : 'bad';
  if (expression.kind === 'difference' && expression.left.kind === 'one')
    return ratioOf(expression.right, other, parseSelector);
  return ratioOf(expression, counts, parseSelector);
}

function ratioOf(expression: CountExpression, counts: 'good' | 'bad', parseSelector: ParseSelector): WrittenIndicator {
  if (expression.kind !== 'ratio')
    throw new Error('got no ratio of two counts; want part / total, or 1 - part / total');
  const total = eventCount(expression.right, parseSelector);
  return indicatorOf(total, eventCount(expression.left, parseSelector), counts);
}

function eventCount(expression: CountExpression, parseSelector: ParseSelector): EventCount {
  if (expression.kind !== 'count') throw new Error('got arithmetic where one count belongs; want sum(rate(...))');
  return { selector: parseSelector(expression.selector), over: expression.over };
}

function indicatorOf(total: EventCount, part: EventCount, counts: 'good' | 'bad'): WrittenIndicator {
  if (total.over !== part.over) {
    const [a, b] = [total.over, part.over].map((over) => (over === '' ? 'a plain selector' : over));
    throw new Error(`the total is taken by ${a} and its part by ${b}; want the same for both`);
  }
  return writtenIndicator(total.selector, part.selector, counts);
}

/** A bucket of a histogram over its count is a latency. */
export function writtenIndicator(total: Selector, part: Selector, counts: 'good' | 'bad'): WrittenIndicator {
  const latency = counts === 'good' ? histogramOf(total, part) : undefined;
  if (latency !== undefined) {
    return { latency: { histogram: selectorText(latency.histogram), threshold: formatDuration(latency.threshold) } };
  }
  return { availability: { total: selectorText(total), [counts]: selectorText(part) } };
}

/** Whether any count of a query is one of a plain selector, without `rate` or `increase`. */
export function countsPlainly(query: string): boolean {
  const isPlain = (expression: CountExpression): boolean =>
    expression.kind === 'count'
      ? expression.over === ''
      : 'left' in expression && (isPlain(expression.left) || isPlain(expression.right));
  return isPlain(parseCounts(query));
}
