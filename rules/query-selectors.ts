import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../server/model/engine.ts';
import type { ParseSelector } from './indicator.ts';

/** An expression as it was written, and the series it asks for: by them it is known how far it can be answered. */
export interface WrittenQuery {
  readonly text: string;
  /** One at least. */
  readonly selectors: readonly [Selector, ...Selector[]];
}

const OF_ITSELF = 'want an expression whose answer at a moment is the same, whatever is asked beside it';

/** What depends on how much is asked at once: a slice has one answer, whoever asks. */
const OF_THE_ASKING = new Set([
  'AtModifierPreprocessors',
  'StartFn',
  'EndFn',
  'Step',
  'Range',
  'DurationStep',
  'DurationRange',
]);

/** Reads PromQL as far as its grammar goes; what functions take is told when it is asked. Throws Error. */
export function readQuery(text: string, parseSelector: ParseSelector): WrittenQuery {
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter: ({ type, name, node, from, to }) => {
      if (type.isError)
        throw new Error(`cannot read ${JSON.stringify(text)} as PromQL: unexpected end or sign at ${from + 1}`);
      if (OF_THE_ASKING.has(name))
        throw new Error(`got ${text.slice(from, to)}() in ${JSON.stringify(text)}; ${OF_ITSELF}`);
      if (name === 'VectorSelector' && !isLabelsOfInfo(node)) selectors.push(parseSelector(text.slice(from, to)));
    },
  });
  const [first, ...others] = selectors;
  if (first === undefined) throw new Error(`got ${JSON.stringify(text)}; want an expression that asks for a metric`);
  return { text, selectors: [first, ...others] };
}

/** The second argument of `info` names labels, and no series that is asked for. */
function isLabelsOfInfo(node: SyntaxNode): boolean {
  const call = node.parent?.name === 'FunctionCallBody' ? node.parent.parent : null;
  return node.prevSibling !== null && call?.getChild('FunctionIdentifier')?.getChild('Info') != null;
}
