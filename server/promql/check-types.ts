import { VigieError } from '../model/errors.ts';
import { AGGREGATIONS } from './aggregations.ts';
import type { Binary, Call, Expr, ValueType } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { ARITHMETIC, COMPARISONS } from './operators.ts';

/** The type of an expression that makes sense; otherwise throws `bad_query` naming what does not, and where. */
export function checkTypes(expr: Expr): ValueType {
  switch (expr.node) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return 'vector';
    case 'range':
      return 'matrix';
    case 'call':
      return checkCall(expr);
    case 'aggregation':
      if (!AGGREGATIONS.has(expr.op)) throw refuse(expr, `aggregation ${expr.op} is not supported yet`);
      expect(expr.expr, ['vector'], `aggregation ${expr.op}`);
      return 'vector';
    case 'negation':
      return expect(expr.expr, ['scalar', 'vector'], 'unary expression');
    case 'binary':
      return checkBinary(expr);
  }
}

function checkCall(call: Call): ValueType {
  const spec = FUNCTIONS.get(call.name);
  if (spec === undefined) throw refuse(call, `function ${call.name} is not supported yet`);
  if (call.args.length !== spec.args.length) {
    throw refuse(
      call,
      `expected ${spec.args.length} argument(s) in call to ${JSON.stringify(call.name)}, got ${call.args.length}`,
    );
  }
  for (const [i, want] of spec.args.entries()) {
    const arg = call.args[i];
    if (arg !== undefined) expect(arg, [want], `call to function ${JSON.stringify(call.name)}`);
  }
  return call.name === 'time' ? 'scalar' : 'vector';
}

function checkBinary(expr: Binary): ValueType {
  const comparison = COMPARISONS.has(expr.op);
  if (!comparison && !ARITHMETIC.has(expr.op)) throw refuse(expr, `operator ${expr.op} is not supported yet`);
  const left = expect(expr.left, ['scalar', 'vector'], 'binary expression');
  const right = expect(expr.right, ['scalar', 'vector'], 'binary expression');
  if (expr.bool && !comparison) throw refuse(expr, 'bool modifier can only be used on comparison operators');
  const scalars = left === 'scalar' && right === 'scalar';
  if (scalars && comparison && !expr.bool) throw refuse(expr, 'comparisons between scalars must use BOOL modifier');
  if (expr.matching.labels.length > 0 && (left === 'scalar' || right === 'scalar')) {
    throw refuse(expr, 'vector matching only allowed between instant vectors');
  }
  return scalars ? 'scalar' : 'vector';
}

function expect(expr: Expr, want: readonly ValueType[], where: string): ValueType {
  const got = checkTypes(expr);
  if (want.includes(got)) return got;
  throw refuse(expr, `expected type ${want.map(nameOf).join(' or ')} in ${where}, got ${nameOf(got)}`);
}

function nameOf(type: ValueType): string {
  return { scalar: 'scalar', vector: 'instant vector', matrix: 'range vector', string: 'string' }[type];
}

function refuse({ at }: Pick<Expr, 'at'>, message: string): VigieError {
  return new VigieError('bad_query', `${at.line}:${at.col}: parse error: ${message}`);
}
