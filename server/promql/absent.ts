import type { Expr } from './ast.ts';
import { metricFrom, type Vector } from './value.ts';

/** The one element that says that nothing is there, with the labels that the selector names by `=` and names once. */
export function absent(expr: Expr | undefined): Vector {
  const selector = expr?.node === 'range' ? expr.selector : expr;
  const matchers = selector?.node === 'selector' ? selector.matchers.filter(({ name }) => name !== '__name__') : [];
  const sure = matchers.filter(
    ({ name, op }) => op === '=' && matchers.filter((matcher) => matcher.name === name).length === 1,
  );
  return [{ ...metricFrom(Object.fromEntries(sure.map(({ name, value }) => [name, value]))), value: 1 }];
}
