import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Selector } from '../server/model/engine.ts';
import { TextError } from '../server/model/text-error.ts';
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

/** Reads PromQL. Throws a TextError for what is wrong with it, an Error for what an indicator may not ask. */
export function readQuery(text: string, parseSelector: ParseSelector): WrittenQuery {
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, node, from, to }) => {
      const part = text.slice(from, to);
      if (OF_THE_ASKING.has(name))
        throw new TextError('bad_query', 'cannot use query', text, from, `got ${part}(); ${OF_ITSELF}`);
      if (name === 'VectorSelector' && !isLabelsOfInfo(node)) found.push(part);
    },
  });
  refuseMistakes(text, parseSelector);
  const selectors = found.map(parseSelector);
  const [first, ...others] = selectors;
  if (first === undefined) throw new Error(`got ${JSON.stringify(text)}; want an expression that asks for a metric`);
  return { text, selectors: [first, ...others] };
}

/** Who reads selectors reads any expression first, and throws a TextError where it is none; that it is no selector says nothing here. */
export function refuseMistakes(text: string, parseSelector: ParseSelector): void {
  try {
    parseSelector(text);
  } catch (error) {
    if (error instanceof TextError) throw error;
  }
}

/** The second argument of `info` names labels, and no series that is asked for. */
function isLabelsOfInfo(node: SyntaxNode): boolean {
  const call = node.parent?.name === 'FunctionCallBody' ? node.parent.parent : null;
  return node.prevSibling !== null && call?.getChild('FunctionIdentifier')?.getChild('Info') != null;
}
