import { VigieError } from '../model/errors.ts';
import type { Binary, Grouping } from './ast.ts';
import { type Element, type Labelled, signatureOf, withoutName } from './vector.ts';

export const ARITHMETIC: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a: number, b: number) => a + b],
  ['-', (a: number, b: number) => a - b],
  ['*', (a: number, b: number) => a * b],
  ['/', (a: number, b: number) => a / b],
  ['%', (a: number, b: number) => a % b],
  ['^', power],
]);

export const COMPARISONS: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ['==', (a: number, b: number) => a === b],
  ['!=', (a: number, b: number) => a !== b],
  ['<', (a: number, b: number) => a < b],
  ['<=', (a: number, b: number) => a <= b],
  ['>', (a: number, b: number) => a > b],
  ['>=', (a: number, b: number) => a >= b],
]);

/** IEEE pow, as in Go: 1 to any power is 1, also NaN, and -1 to an infinite one; JavaScript says NaN. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}

/** `kept` is the value a comparison keeps: the vector's. Undefined: the element is dropped. */
function applied({ op, bool }: Pick<Binary, 'op' | 'bool'>, a: number, b: number, kept: number): number | undefined {
  const arithmetic = ARITHMETIC.get(op);
  if (arithmetic !== undefined) return arithmetic(a, b);
  const holds = COMPARISONS.get(op)?.(a, b) ?? false;
  if (bool) return holds ? 1 : 0;
  return holds ? kept : undefined;
}

export function scalarWithScalar(expr: Binary, a: number, b: number): number {
  return applied(expr, a, b, a) ?? Number.NaN;
}

/** Each element with the scalar, on the side it stands on. A comparison keeps names, unless `bool`. */
export function vectorWithScalar(
  expr: Binary,
  vector: readonly Element[],
  scalar: number,
  scalarOnLeft: boolean,
): Element[] {
  return vector.flatMap((element) => {
    const [a, b] = scalarOnLeft ? [scalar, element.value] : [element.value, scalar];
    const value = applied(expr, a, b, element.value);
    return value === undefined ? [] : [{ ...(keepsName(expr) ? element : withoutName(element)), value }];
  });
}

/** One-to-one matching by the labels in `on`, or by all but those in `ignoring` and the name. */
export function vectorWithVector(expr: Binary, left: readonly Element[], right: readonly Element[]): Element[] {
  const others = new Map<string, Element>();
  for (const element of right) others.set(uniqueKey(others, element, expr.matching, 'right'), element);
  const seen = new Map<string, Element>();
  return left.flatMap((element) => {
    const other = others.get(signatureOf(element.labels, expr.matching));
    if (other === undefined) return [];
    seen.set(uniqueKey(seen, element, expr.matching, 'left'), element);
    const value = applied(expr, element.value, other.value, element.value);
    return value === undefined ? [] : [{ ...matched(expr, element), value }];
  });
}

function uniqueKey(seen: ReadonlyMap<string, unknown>, element: Element, matching: Grouping, side: string): string {
  const key = signatureOf(element.labels, matching);
  if (!seen.has(key)) return key;
  throw new VigieError(
    'execution',
    `found duplicate series for the match group {${key}} on the ${side} hand-side of the operation; many-to-many matching not allowed`,
  );
}

function matched(expr: Binary, element: Labelled): Labelled {
  if (!expr.matching.by && expr.matching.labels.length === 0 && keepsName(expr)) return element;
  const keep = ([label]: readonly [string, string]): boolean =>
    expr.matching.labels.includes(label) === expr.matching.by;
  return {
    name: keepsName(expr) ? element.name : '',
    labels: Object.fromEntries(Object.entries(element.labels).filter(keep)),
  };
}

function keepsName(expr: Binary): boolean {
  return COMPARISONS.has(expr.op) && !expr.bool;
}
