import type { Matcher } from '../model/engine.ts';
import { goNumber } from '../model/go-number.ts';
import { isLabelName, isMetricName } from '../model/labels.ts';
import { type Ms, ms } from '../model/units.ts';
import { aggregationNamed } from './aggregations.ts';
import type { Aggregation, Binary, Expr, LabelChoice, Matching, Subquery, TimeShift, VectorSelector } from './ast.ts';
import { durationText } from './duration-text.ts';
import { quoted } from './literal-text.ts';
import { POWER, precedenceOf } from './operator-order.ts';

// Prints so that parsing gives the same expression again. Brackets stand where they were written, and where the tree needs them.

/** Longer expressions are laid out over several lines, each part of them that is still too long again. */
const MAX_WIDTH = 100;

/** On one line: `sum by (job) (rate(http_requests_total{code="500"}[5m]))`. */
export function printExpr(expr: Expr): string {
  return inBrackets(bare(expr), expr.brackets ?? 0);
}

/** As Prometheus' `format_query` lays it out: what is short on one line, the rest indented by two spaces a level. */
export function formatExpr(expr: Expr, level = 0): string {
  const indent = '  '.repeat(level);
  const line = printExpr(expr);
  if (line.length <= MAX_WIDTH) return indent + line;
  const { brackets = 0 } = expr;
  if (brackets > 0) return block(indent, '', formatExpr({ ...expr, brackets: brackets - 1 }, level + 1));
  switch (expr.node) {
    case 'aggregation': {
      const args = expr.parameter === undefined ? [expr.arg] : [expr.parameter, expr.arg];
      return block(indent, aggregationHead(expr), formatted(args, level + 1));
    }
    case 'call':
      return block(indent, expr.name, formatted(expr.args, level + 1));
    case 'binary': {
      const [left, right] = operands(expr).map((operand) => formatExpr(operand, level + 1));
      return `${left}\n${indent}${operator(expr)}\n${right}`;
    }
    case 'negation':
      return `${indent}-${formatExpr(negated(expr.arg), level).trimStart()}`;
    case 'subquery':
      return formatExpr(subqueried(expr.arg), level) + subquerySuffix(expr);
    default:
      return indent + line;
  }
}

function formatted(args: readonly Expr[], level: number): string {
  return args.map((arg) => formatExpr(arg, level)).join(',\n');
}

function block(indent: string, head: string, body: string): string {
  return `${indent}${head}(\n${body}\n${indent})`;
}

function inBrackets(text: string, pairs: number): string {
  return '('.repeat(pairs) + text + ')'.repeat(pairs);
}

function bare(expr: Expr): string {
  switch (expr.node) {
    case 'number':
      return goNumber(expr.value);
    case 'string':
      return quoted(expr.value);
    case 'selector':
      return selectorText(expr) + shiftText(expr);
    case 'range':
      return `${selectorText(expr.selector)}[${expr.rangeText ?? durationText(expr.range)}]${shiftText(expr.selector)}`;
    case 'subquery':
      return printExpr(subqueried(expr.arg)) + subquerySuffix(expr);
    case 'call':
      return `${expr.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregation': {
      const parameter = expr.parameter === undefined ? '' : `${printExpr(expr.parameter)}, `;
      return `${aggregationHead(expr)}(${parameter}${printExpr(expr.arg)})`;
    }
    case 'binary': {
      const [left, right] = operands(expr).map(printExpr);
      return `${left} ${operator(expr)} ${right}`;
    }
    case 'negation':
      return `-${printExpr(negated(expr.arg))}`;
  }
}

function withBrackets(expr: Expr, needed: boolean): Expr {
  return needed && expr.brackets === undefined ? { ...expr, brackets: 1 } : expr;
}

/** Both sides of an operator, in brackets where it would tear them apart. */
function operands({ op, left, right }: Binary): readonly [Expr, Expr] {
  const precedence = precedenceOf(op);
  const fromRight = precedence === POWER;
  return [
    withBrackets(left, binds(left) < precedence || (fromRight && (binds(left) === POWER || isNegative(left)))),
    withBrackets(right, binds(right) < precedence || (!fromRight && binds(right) === precedence)),
  ];
}

function binds(expr: Expr): number {
  return expr.node === 'binary' ? precedenceOf(expr.op) : POWER + 1;
}

/** Begins with a minus, which takes the power that follows. */
function isNegative(expr: Expr): boolean {
  return expr.node === 'negation' || (expr.node === 'number' && (expr.value < 0 || Object.is(expr.value, -0)));
}

/** A minus before a number would become part of it. */
function negated(arg: Expr): Expr {
  return withBrackets(arg, binds(arg) < POWER || arg.node === 'number');
}

function subqueried(arg: Expr): Expr {
  return withBrackets(arg, arg.node === 'binary' || arg.node === 'negation');
}

function operator({ op, bool, matching }: Binary): string {
  return `${op}${bool ? ' bool' : ''}${matchingText(matching)}`;
}

function matchingText({ keep, labels, many, include, fill }: Matching): string {
  if (!keep && labels.length === 0 && many === undefined) return fillText(fill);
  const group = many === undefined ? '' : ` group_${many} ${list(include)}`;
  return ` ${keep ? 'on' : 'ignoring'} ${list(labels)}${group}${fillText(fill)}`;
}

function fillText({ left, right }: NonNullable<Matching['fill']> = {}): string {
  if (left !== undefined && Object.is(left, right)) return ` fill (${goNumber(left)})`;
  const side = (name: string, value: number | undefined) =>
    value === undefined ? '' : ` ${name} (${goNumber(value)})`;
  return side('fill_left', left) + side('fill_right', right);
}

function aggregationHead({ op, grouping }: Aggregation): string {
  const choice = groupingText(grouping);
  return choice === '' ? op : `${op} ${choice} `;
}

function groupingText({ keep, labels }: LabelChoice): string {
  if (keep) return labels.length === 0 ? '' : `by ${list(labels)}`;
  return `without ${list(labels)}`;
}

function list(labels: readonly string[]): string {
  return `(${labels.map(labelText).join(', ')})`;
}

function labelText(name: string): string {
  return isLabelName(name) ? name : quoted(name);
}

function selectorText({ matchers }: VectorSelector): string {
  const name = matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=');
  const isPlain = name !== undefined && isMetricName(name.value) && !isReserved(name.value);
  const rest = isPlain ? matchers.filter((matcher) => matcher !== name) : matchers;
  const braces = rest.length > 0 || !isPlain ? `{${rest.map(matcherText).sort().join(',')}}` : '';
  return (isPlain ? name.value : '') + braces;
}

function matcherText({ name, op, value }: Matcher): string {
  return `${labelText(name)}${op}${quoted(value)}`;
}

const KEYWORDS =
  /^(?:and|or|unless|atan2|by|without|on|ignoring|group_left|group_right|bool|offset|inf|nan|start|end|step|fill|fill_left|fill_right|anchored|smoothed|limit_ratio|min_of|max_of|range)$/i;

/** Names that mean something else where a metric may stand. */
function isReserved(name: string): boolean {
  return KEYWORDS.test(name) || aggregationNamed(name.toLowerCase()) !== undefined;
}

function shiftText({ at, offset, offsetText }: TimeShift): string {
  const moment = at === undefined ? '' : typeof at === 'string' ? ` @ ${at}()` : ` @ ${(at / 1000).toFixed(3)}`;
  if (offsetText !== undefined) return `${moment} offset ${offsetText}`;
  return moment + (offset === 0 ? '' : ` offset ${signedDuration(offset)}`);
}

function signedDuration(duration: Ms): string {
  return duration < 0 ? `-${durationText(ms(-duration))}` : durationText(duration);
}

function subquerySuffix(subquery: Subquery): string {
  const { range, rangeText = durationText(range), step, stepText = step && durationText(step) } = subquery;
  return `[${rangeText}:${stepText ?? ''}]${shiftText(subquery)}`;
}
