import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../server/model/engine.ts';
import type { ParseSelector } from './indicator.ts';

/** An expression as it was written, and the series it asks for: by them it is known how far it can be answered. */
export interface WrittenQuery {
  readonly text: string;
  /** One at least. */
  readonly selectors: readonly [Selector, ...Selector[]];
}

/** Reads PromQL as far as its grammar goes; what functions take is told when it is asked. Throws Error. */
export function readQuery(text: string, parseSelector: ParseSelector): WrittenQuery {
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ type, name, from, to }) => {
      if (type.isError)
        throw new Error(`cannot read ${JSON.stringify(text)} as PromQL: unexpected end or sign at ${from + 1}`);
      if (name === 'VectorSelector') selectors.push(parseSelector(text.slice(from, to)));
    },
  });
  const [first, ...others] = selectors;
  if (first === undefined) throw new Error(`got ${JSON.stringify(text)}; want an expression that asks for a metric`);
  return { text, selectors: [first, ...others] };
}
