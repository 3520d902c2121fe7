import type { SyntaxNode } from '@lezer/common';
import { type Ms, ms, SECOND } from '../model/units.ts';
import { parseNumber } from './literals.ts';
import type { QueryText } from './query-text.ts';
import { children, only } from './syntax-tree.ts';

/** What `step()` and `range()` stand for in a duration; both 0 for one moment. */
export interface Frame {
  readonly step: Ms;
  /** From the first step of the query to its last. */
  readonly range: Ms;
}

/** A length of time. */
export interface WrittenDuration {
  readonly length: Ms;
  /** How it was written, when it was computed: `step() * 2`. */
  readonly text?: string;
}

interface Part {
  readonly secs: number;
  readonly text: string;
  readonly computed: boolean;
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

/** The longest that Prometheus' own type holds, seconds. */
const LONGEST = 2 ** 63 / 1e9;

/**
 * Reads the durations of ranges, steps and offsets: `5m`, a number of seconds, and what is computed from them, as behind Prometheus'
 * `promql-duration-expr` (https://prometheus.io/docs/prometheus/latest/feature_flags/#promql-duration-expressions).
 */
export class DurationSyntax {
  readonly #text: QueryText;
  readonly #frame: Frame;

  constructor(text: QueryText, frame: Frame) {
    this.#text = text;
    this.#frame = frame;
  }

  /** Throws VigieError `bad_query`. */
  duration(node: SyntaxNode): WrittenDuration {
    const { secs, text, computed } = this.#part(node);
    if (!Number.isFinite(secs)) throw this.#text.refuse(node, 'duration is NaN or infinite; want one such as 5m');
    if (Math.abs(secs) > LONGEST) throw this.#text.refuse(node, 'duration is out of range; want less than 292 years');
    return computed ? { length: ms(Math.trunc(secs * SECOND)), text } : { length: ms(Math.round(secs * SECOND)) };
  }

  /** A length above 0. */
  positive(node: SyntaxNode): WrittenDuration {
    const duration = this.duration(node);
    if (duration.length <= 0) throw this.#text.refuse(node, 'duration must be greater than 0; want one such as 5m');
    return duration;
  }

  #part(node: SyntaxNode): Part {
    const parts = children(node);
    const [first, second, third] = parts;
    if (first === undefined) return this.#leaf(node);
    if (first.name === 'UnaryOp') return this.#signed(this.#text.slice(first) === '-', this.#part(only(second)));
    if (first.name === 'DurationMinOf')
      return extreme('min_of', Math.min, this.#part(only(second)), this.#part(only(third)));
    if (first.name === 'DurationMaxOf')
      return extreme('max_of', Math.max, this.#part(only(second)), this.#part(only(third)));
    if (second !== undefined) return this.#operation(node, this.#part(first), second, this.#part(only(third)));
    const inner = this.#part(first);
    return first.name === 'DurationExpr' ? { ...inner, text: `(${inner.text})`, computed: true } : inner;
  }

  #leaf(node: SyntaxNode): Part {
    if (node.name === 'DurationStep') return { secs: this.#frame.step / SECOND, text: 'step()', computed: true };
    if (node.name === 'DurationRange') return { secs: this.#frame.range / SECOND, text: 'range()', computed: true };
    return { secs: this.#text.read(node, parseNumber), text: this.#text.slice(node), computed: false };
  }

  #signed(isNegative: boolean, { secs, text, computed }: Part): Part {
    return isNegative ? { secs: -secs, text: `-${text}`, computed } : { secs, text, computed };
  }

  #operation(node: SyntaxNode, left: Part, operator: SyntaxNode, right: Part): Part {
    const op = this.#text.slice(operator);
    if (right.secs === 0 && op === '/') throw this.#text.refuse(node, 'division by zero; want another divisor');
    if (right.secs === 0 && op === '%') throw this.#text.refuse(node, 'modulo by zero; want another divisor');
    const secs = OPERATORS[op]?.(left.secs, right.secs) ?? Number.NaN;
    return { secs, text: `${left.text} ${op} ${right.text}`, computed: true };
  }
}

function extreme(name: string, pick: (a: number, b: number) => number, a: Part, b: Part): Part {
  return { secs: pick(a.secs, b.secs), text: `${name}(${a.text}, ${b.text})`, computed: true };
}
