import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextError } from '../../server/model/text-error.ts';
import { parse } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';

function mistake(query: string): string {
  try {
    parse(query);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message.replace('cannot parse query: ', '') : '';
  }
}

describe('a mistake says what was got, what is wanted, and where', () => {
  const f = (query: string, want: string) => test(query, () => expect(mistake(query)).toBe(want));

  f('rat(x[5m])', '1:1: got the function "rat"; did you mean "rate"?');
  f('sum(\n  increse(x[5m]))', '2:3: got the function "increse"; did you mean "increase"?');
  f('qwertyuiop(x)', '1:1: got the function "qwertyuiop"; want one of PromQL, such as rate, increase or sum');

  f('sum(', '1:5: got the end of the query; want ")", which closes "sum("');
  f('sum(\nx # )', '2:6: got the end of the query; want ")", which closes "sum("');
  f('sum(x))', '1:7: got ")" that closes nothing; want it left out');
  f('rate(x[5m)', '1:10: got ")"; want "]" first, which closes "x["');
  f('x{a="b"', '1:8: got the end of the query; want "}", which closes "x{"');

  f('x{a="b', '1:5: got a text that does not end; want " at its end');
  f("x{a='b}", "1:5: got a text that does not end; want ' at its end");
  f('x{a=`b}', '1:5: got a text that does not end; want ` at its end');

  f('{a=b}', '1:4: got "b"; want a value in quotes, "b"');
  f('{a="b" c="d"}', '1:8: got "c"; want "," before the next label');
  f('{a}', '1:3: got "}"; want =, !=, =~ or !~ behind the label a');
  f('{a=="b"}', '1:3: got "=="; want =, !=, =~ or !~ behind the label a');
  f('{a:"b"}', '1:2: got "a:"; want a= and a value in quotes');
  f('x{,}', '1:3: got ","; want a label, such as job="shop"');

  f('x[]', '1:3: got "]"; want a duration such as 5m or 1h30m');
  f('x[5min]', '1:3: got "5min"; want a duration such as 5m or 1h30m');
  f('x[1.5h]', '1:3: got "1.5h"; want a duration such as 5m or 1h30m');
  f('x[5 m]', '1:5: got "m"; want the duration in one piece, 5m');
  f('x offset', '1:9: got the end of the query; want a duration such as 5m behind offset');
  f('x offset 5mm', '1:10: got "5mm"; want a number such as 1.5, or a duration such as 5m');

  f('sum x', '1:5: got "x"; want "(" behind sum');
  f('rate x[5m]', '1:6: got "x"; want "(" behind rate');
  f('sum by job (x)', '1:8: got "job"; want the labels of by in brackets, such as by(job)');
  f('sum without (job x)', '1:18: got "x"; want "," or ")" behind the label');
  f('by (a) sum(x)', '1:1: got "by"; want an aggregation, such as sum, before it');
  f('topk(5 x)', '1:8: got "x"; want an operator, "," or ")" before it');
  f('sum(x,)', '1:7: got ")"; want an expression behind ","');

  f('x y', '1:3: got "y"; want an operator before it, or the end of the query');
  f('a = b', '1:3: got "="; want "=="');
  f('a && b', '1:3: got "&&"; want "and"');
  f('a || b', '1:3: got "||"; want "or"');
  f('a +', '1:4: got the end of the query; want an expression behind "+"');
  f('1 + * 2', '1:5: got "*"; want an expression behind "+"');
  f('foo.bar', '1:4: got "."; want a name of letters, digits, _ and :, or {"foo..."} with all of it');
  f('$x', '1:1: got "$"; want an expression such as rate(http_requests_total[5m])');
});

describe('a type says what would have the right one', () => {
  const f = (query: string, want: string) => test(query, () => expect(mistake(query)).toContain(`; want ${want}`));
  f('rate(g)', 'a range such as g[5m]');
  f('rate(g{a="b"})', 'a range such as g{a="b"}[5m]');
  f('rate(sum(g))', 'a subquery such as (sum(g))[5m:1m]');
  f('sum(a[5m])', 'a value made of the range, such as rate(x[5m])');
  f('abs(1)', 'vector(1)');
  f('topk(g)', 'topk(scalar, instant vector)');
  f('round(g, 1, 2)', 'round(instant vector, [scalar])');
  f('label_join(g)', 'label_join(instant vector, string, string, [string], ...)');
  f('1 > 2', '> bool');
  f('{job=~".*"}', 'a name, or a matcher such as job="shop"');
});

test('whatever stands in a query, a mistake has a place in it and says what is wanted', () => {
  const pieces = ['sum', 'rate', 'by', 'on', 'x', 'job', '"a"', '"', "'", '(', ')', '[', ']', '{', '}', '=', '=~', '+'];
  const piece = fc.constantFrom(
    ...pieces,
    '5m',
    '5',
    '1.5h',
    'offset',
    'bool',
    '@',
    ',',
    ' ',
    '\n',
    '# a\n',
    '\\',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (some) => {
      const query = some.join('');
      try {
        parse(query);
      } catch (error) {
        if (!(error instanceof TextError)) {
          expect(String(error)).toContain('it is empty; want');
          return;
        }
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(query.length);
        expect(error.told).toMatch(/[;:] (?:want|did you mean) /);
      }
    }),
    { seed: 25, numRuns: tries(800) },
  );
});
