import { TYPE_WORDS, type ValueType } from './ast.ts';
import type { PromFunction } from './signature.ts';

/** What a person would write to have the type that is wanted, given what was written. */
export function typeHint(want: ValueType, got: ValueType, written: string): string {
  const short = written.length <= 40 && !written.includes('\n') ? written : '...';
  switch (want) {
    case 'matrix':
      return got === 'vector' ? rangeHint(short) : 'a range such as x[5m]';
    case 'vector':
      return got === 'scalar' ? `vector(${short})` : asValue(got);
    case 'scalar':
      return got === 'vector' ? `a number, or scalar(${short})` : 'a number such as 5';
    case 'string':
      return 'a text in quotes, such as "job"';
  }
}

/** A selector takes a range, what is computed a subquery. */
function rangeHint(written: string): string {
  const isSelector = /^[\w:]*(?:\{[^{}]*\})?$/.test(written) && written !== '';
  return isSelector ? `a range such as ${written}[5m]` : `a subquery such as (${written})[5m:1m]`;
}

/** For those who have taken a text or a range for a value. */
export function asValue(got: ValueType): string {
  return got === 'matrix'
    ? 'a value made of the range, such as rate(x[5m])'
    : 'a selector, a number or what is made of them';
}

/** `clamp(instant vector, scalar, scalar)` */
export function signatureText(name: string, { args, optional = 0, variadic }: PromFunction): string {
  const words = args.map((type, i) => (i < args.length - optional ? TYPE_WORDS[type] : `[${TYPE_WORDS[type]}]`));
  return `${name}(${[...words, ...(variadic ? ['...'] : [])].join(', ')})`;
}
