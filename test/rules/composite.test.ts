import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CompositePart,
  compositeEvents,
  type PartStanding,
  spentByPart,
  weighedEvents,
} from '../../rules/composite/composite.ts';
import { budgetWithin, eventsOf, type Tally } from '../../rules/figures/counted-events.ts';
import { printSlos } from '../../rules/files/print-slo.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { exportOpenSlo } from '../../rules/formats/openslo-export.ts';
import { exportPrometheusRules } from '../../rules/formats/prometheus-export.ts';
import { exportPyrra } from '../../rules/formats/pyrra-export.ts';
import { exportSloth } from '../../rules/formats/sloth-export.ts';
import { changedKeys, decidingEntry } from '../../rules/history/slo-change.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import { DAY, HOUR, ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { tries } from '../support/long.ts';

const PARTS = `slos:
  - {id: cart, service: cart, objective: 99%, window: 7d, availability: {total: cart_total, bad: cart_bad}}
  - {id: payment, service: payment, objective: 95%, window: 30d, group_by: [bank], latency: {histogram: pay_seconds, threshold: 300ms}}
  - {id: mail, service: mail, objective: 90%, window: 30d, up: {metric: mail_up, every: 5m}}
`;
const checkout = (composite: string, more = '') => `slos:
  - id: checkout
    service: shop
    objective: 99.9%
    window: {calendar: month, zone: Europe/Paris}
    composite: ${composite}
${more}`;
const read = (...texts: readonly string[]) =>
  readSloFiles(
    texts.map((text, i) => ({ path: `${i}.yaml`, text })),
    parseSelector,
  );
const THREE = '{parts: [{slo: cart, weight: 5}, {slo: payment, weight: 3}, {slo: mail, weight: 2, late: ignore}]}';

describe('a file', () => {
  test('names parts of any file, counted over the window of the composite, all groups of one together', () => {
    const { slos, problems } = read(checkout(THREE), PARTS);
    expect(problems).toEqual([]);
    const [composite] = slos;
    expect(composite).toMatchObject({
      id: 'checkout',
      title: 'All of shop works',
      minimum_events: 1000,
      indicator: {
        kind: 'composite',
        parts: [
          { slo: 'cart', weight: 5, late: 'wait', definition: { window: { unit: 'month' } } },
          { slo: 'payment', weight: 3, late: 'wait', grouped: true },
          { slo: 'mail', weight: 2, late: 'ignore', definition: { indicator: { kind: 'up' } } },
        ],
      },
    });
    expect(slos.map(({ id }) => id)).toEqual(['checkout', 'cart', 'payment', 'mail']);
  });

  test('is printed as it was read', () => {
    for (const composite of [THREE, THREE.replace(', late: ignore', '').replace(']}', '], late: bad}')]) {
      const { slos } = read(checkout(composite), PARTS);
      expect(read(printSlos(slos)).slos).toEqual(slos);
    }
  });

  const wrong = (name: string, composite: string, want: readonly string[], ...more: readonly string[]) =>
    test(name, () => {
      const { slos, problems } = read(checkout(composite), PARTS, ...more);
      expect(problems.map(({ file, line, col, message }) => `${file}:${line}:${col} ${message}`)).toEqual(
        want.map((text) => expect.stringContaining(text)),
      );
      expect(slos.some(({ id }) => id === 'checkout')).toBe(false);
    });
  const two = (slo: string) => `\n      parts:\n        - {slo: cart, weight: 1}\n        - {slo: ${slo}, weight: 1}`;
  wrong('an unknown part', two('payments'), [
    '0.yaml:9:12 got "payments", which no file defines; did you mean "payment"?',
  ]);
  wrong('a proposed part', two('zzz-availability'), ['one that is proposed has to be kept first']);
  wrong('a group', two('payment-bank-of-france'), ['want payment, all of its groups together']);
  wrong('itself', two('checkout'), ['0.yaml:9:12 got "checkout", the composite itself']);
  wrong('a part twice', two('cart'), ['0.yaml:9:12 got "cart" twice']);
  wrong('one part', '{parts: [{slo: cart, weight: 1}]}', ['0.yaml:6:17 composite.parts: want at least two parts']);
  wrong('no parts', '{late: bad}', ['0.yaml:6:5 composite.parts: missing; want a list of {slo: cart, weight: 5}']);
  wrong('a weight of nothing', '{parts: [{slo: cart, weight: 0}, {slo: mail, weight: 1}]}', ['want a number above 0']);
  wrong('a policy there is none of', '{parts: [{slo: cart, weight: 1}, {slo: mail, weight: 1}], late: drop}', [
    '0.yaml:6:74 composite.late: got "drop"; want wait, ignore, bad or good',
  ]);
  wrong('a key nobody knows', '{parts: [{slo: cart, wieght: 1, weight: 1}, {slo: mail, weight: 1}]}', [
    '0.yaml:6:37 unknown key "wieght"; did you mean "weight"?',
  ]);
  const other = (parts: string) => checkout(parts).replace('id: checkout', 'id: all');
  const of = (a: string, b: string) => `{parts: [{slo: ${a}, weight: 1}, {slo: ${b}, weight: 1}]}`;
  wrong(
    'a composite as a part',
    two('all'),
    ['0.yaml:9:12 got "all", a composite itself', 'want its parts: cart, mail'].slice(0, 1),
    other(of('cart', 'mail')),
  );
  wrong(
    'a circle',
    two('all'),
    [
      '0.yaml:9:12 got "all", which leads back: checkout -> all -> checkout',
      '2.yaml:6:50 got "checkout", which leads back: all -> checkout -> all',
    ],
    other(of('cart', 'checkout')),
  );
  test('of a part with mistakes only these are told', () => {
    const { problems } = read(
      checkout(two('search')),
      PARTS,
      PARTS.replace('cart,', 'search,').replace('99%', '999%').split('\n').slice(0, 2).join('\n'),
    );
    expect(problems).toEqual([
      expect.objectContaining({ file: '2.yaml', line: 2, message: expect.stringContaining('999 %') }),
    ]);
  });
  test('group_by and slices are of its parts', () => {
    const { problems } = read(checkout(THREE, '    group_by: [bank]\n    slices: {every: 1m, mean: true}\n'), PARTS);
    expect(problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringContaining('7 got group_by beside composite'),
      expect.stringContaining('8 got slices beside composite'),
    ]);
  });
  test('a window that the series of a part do not hold is told, with the part', () => {
    const long = checkout(THREE).replace('{calendar: month, zone: Europe/Paris}', '700d');
    expect(read(long, PARTS).problems).toEqual([
      expect.objectContaining({ line: 5, message: expect.stringContaining('window: of its part mail: ') }),
    ]);
  });
});

test('the example of the documentation is read', () => {
  const text = readFileSync(new URL('../../docs/composites.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(text) ?? [];
  const { slos, problems } = read(example);
  expect(problems).toEqual([]);
  expect(slos.map(({ indicator }) => indicator.kind)).toEqual(['composite', 'availability', 'latency', 'up']);
});

test('no other format can say one: it is refused by name, its parts are not', () => {
  const { slos } = read(
    checkout('{parts: [{slo: cart, weight: 1}, {slo: cart-2, weight: 1}]}'),
    PARTS.replace('payment', 'cart-2').replace('group_by: [bank], ', ''),
  );
  for (const said of [exportOpenSlo(slos), exportSloth(slos), exportPrometheusRules(slos), exportPyrra(slos)]) {
    const [one] = said.refused;
    expect(one).toEqual({ slo: 'checkout', message: 'a composite of other SLOs is not said there' });
    expect(said.text).toContain('cart_total');
  }
});

test('a change of what a part measures is one of the composite; that of its objective is none', () => {
  const entry = (parts: string) => decidingEntry(read(checkout(THREE), parts).slos[0]!);
  const before = entry(PARTS);
  expect(changedKeys(before, entry(PARTS.replace('99%', '98%')))).toEqual([]);
  expect(changedKeys(before, entry(PARTS.replace('cart_bad', 'cart_failed')))).toEqual([
    { key: 'part cart.availability.bad', from: 'cart_bad', to: 'cart_failed' },
  ]);
});

const OBJECTIVE = 0.99;
const END = 30 * DAY;
const WINDOW = { start: ms(0), end: ms(END) };

interface Event {
  readonly time: number;
  readonly bad: boolean;
}
interface Story {
  readonly weight: number;
  readonly standing?: PartStanding | undefined;
  readonly events: readonly Event[];
}

function compositeOf(stories: readonly Story[]): SloDefinition {
  const parts = stories.map(({ weight, standing }, i): CompositePart => {
    return { slo: `p${i}`, weight, late: 'wait', definition: proposedSlo(`p${i}`), ...(standing && { standing }) };
  });
  return { ...proposedSlo('shop'), objective: OBJECTIVE, indicator: { kind: 'composite', parts } };
}

const tally = (stories: readonly Story[], window: Tally['window']): Tally => ({
  window,
  sums: stories.flatMap(({ events }) => {
    const inside = events.filter(({ time }) => time > window.start && time <= window.end);
    return [inside.length, inside.filter(({ bad }) => bad).length];
  }),
});

/** The ratio as the documentation says it, part by part. */
function naiveRatio(stories: readonly Story[], { start, end }: Tally['window']): number | undefined {
  const seen = stories.map(({ weight, standing, events }) => {
    const inside = events.filter(({ time }) => time > start && time <= end);
    const failed = inside.length === 0 ? 0 : inside.filter(({ bad }) => bad).length / inside.length;
    const isSilent = standing?.kind === 'late' && standing.as !== 'ignore' && standing.since < end;
    const silence = isSilent && standing.kind === 'late' ? (end - Math.max(start, standing.since)) / (end - start) : 0;
    const isOut = standing?.kind === 'too_new' || (standing?.kind === 'late' && standing.as === 'ignore');
    return { weight, failed, silence, isOut, n: inside.length, standing };
  });
  const heard = seen.filter(({ isOut, silence, n }) => !isOut && silence === 0 && n > 0);
  const enough = heard.some(({ n }) => n >= 10) ? heard.filter(({ n }) => n >= 10) : heard;
  const silent = seen.filter(({ silence }) => silence > 0);
  if ([...enough, ...silent].every(({ n }) => n === 0)) return undefined;
  let [sum, weights] = [0, 0];
  for (const { weight, failed, silence, standing, n } of [...enough, ...silent]) {
    const few = silence > 0 && n < 10 && heard.some((one) => one.n >= 10);
    const bad = standing?.kind === 'late' && standing.as === 'bad' ? silence : 0;
    sum += weight * ((few ? 0 : failed) * (1 - silence) + bad);
    weights += weight;
  }
  return sum / weights;
}

const story = fc.record({
  weight: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0.01, max: 100, noNaN: true })),
  standing: fc.option(
    fc.oneof(
      fc.constant<PartStanding>({ kind: 'too_new' }),
      fc.record({
        kind: fc.constant('late' as const),
        as: fc.constantFrom('ignore' as const, 'bad' as const, 'good' as const),
        since: fc.integer({ min: -DAY, max: END }).map((time) => ms(time)),
      }),
    ),
    { nil: undefined, freq: 3 },
  ),
  events: fc.array(fc.record({ time: fc.integer({ min: 1, max: END }), bad: fc.boolean() }), { maxLength: 40 }),
});
const stories = fc.array(story, { minLength: 2, maxLength: 5 });

test('over any window it is the weighted mean of the parts that count, recounted event by event', () => {
  fc.assert(
    fc.property(
      stories,
      fc.integer({ min: 0, max: END - 1 }),
      fc.integer({ min: 1, max: END }),
      (parts, from, length) => {
        const window = { start: ms(from), end: ms(Math.min(END, from + length)) };
        const { total, good, bad } = eventsOf(compositeOf(parts), tally(parts, window));
        const want = naiveRatio(parts, window);
        expect(good + bad).toBeCloseTo(total, 6);
        if (want === undefined) expect(total).toBe(0);
        else expect(bad / total).toBeCloseTo(want, 7);
      },
    ),
    { seed: 61, numRuns: tries(400) },
  );
});

test('no event weighs more than one, and at least one weighs that', () => {
  const plain = fc.array(
    story.map(({ standing: _, ...one }) => one),
    { minLength: 2, maxLength: 5 },
  );
  fc.assert(
    fc.property(plain, (parts) => {
      const all = tally(parts, WINDOW);
      fc.pre(eventsOf(compositeOf(parts), all).total > 0);
      const weights = parts.map((_, i) => weighedOf(parts, i, all));
      for (const weight of weights) expect(weight).toBeLessThanOrEqual(1 + 1e-6);
      expect(Math.max(...weights)).toBeCloseTo(1, 6);
    }),
    { seed: 62, numRuns: tries(200) },
  );
});

/** What one bad event of a part weighs. */
function weighedOf(parts: readonly Story[], part: number, all: Tally): number {
  const { indicator } = compositeOf(parts);
  if (indicator.kind !== 'composite') return 0;
  const one = partEvents(all).map((_, i) => (i === part ? { total: 1, good: 0, bad: 1 } : NOTHING));
  const whole = { window: WINDOW, events: partEvents(all) };
  return weighedEvents(indicator.parts, { window: WINDOW, events: one }, whole).bad;
}

const NOTHING = { total: 0, good: 0, bad: 0 };

test('steps of a window add up to it, and what the parts spent to what is spent', () => {
  fc.assert(
    fc.property(stories, fc.integer({ min: 1, max: 50 }), (parts, steps) => {
      const slo = compositeOf(parts);
      const { indicator } = slo;
      if (indicator.kind !== 'composite') return;
      const all = tally(parts, WINDOW);
      const borders = Array.from({ length: steps + 1 }, (_, i) => ms(Math.round((i * END) / steps)));
      const each = borders.slice(1).map((end, i) => ({ start: borders[i]!, end }));
      const whole = { window: WINDOW, events: partEvents(all) };
      const sums = each.map((window) =>
        weighedEvents(indicator.parts, { window, events: partEvents(tally(parts, window)) }, whole),
      );
      const { total, bad } = compositeEvents(indicator.parts, whole);
      expect(sums.reduce((sum, one) => sum + one.total, 0)).toBeCloseTo(total, 4);
      expect(sums.reduce((sum, one) => sum + one.bad, 0)).toBeCloseTo(bad, 4);
      // A calendar period that is not over: its spending is held against a whole length of events.
      const period = { start: ms(END / 3), end: ms(END) };
      const { spent, allowed } = budgetWithin(slo, tally(parts, period), all);
      fc.pre(allowed > 0);
      const counted = { window: period, events: partEvents(tally(parts, period)) };
      const byPart = spentByPart(indicator.parts, counted, whole, 1 - OBJECTIVE);
      expect(byPart.reduce((sum, one) => sum + one, 0)).toBeCloseTo(spent / allowed, 4);
    }),
    { seed: 63, numRuns: tries(200) },
  );
});

function partEvents({ sums }: Tally) {
  return Array.from({ length: sums.length / 2 }, (_, i) => {
    const [total = 0, bad = 0] = [sums[2 * i], sums[2 * i + 1]];
    return { total, good: total - bad, bad };
  });
}

describe('the arithmetic of the documentation', () => {
  const many = (n: number, bad: number): Event[] =>
    Array.from({ length: n }, (_, i) => ({ time: END - HOUR + i, bad: i < bad }));
  const counted = (parts: readonly Story[]) => eventsOf(compositeOf(parts), tally(parts, WINDOW));
  test('50 % cart, 30 % payment, 20 % mail', () => {
    const { total, bad } = counted([
      { weight: 5, events: many(10_000, 10) },
      { weight: 3, events: many(3000, 30) },
      { weight: 2, events: many(100, 5) },
    ]);
    expect([total, bad]).toEqual([500, 6.75]);
    expect(bad / total).toBeCloseTo(0.5 * 0.001 + 0.3 * 0.01 + 0.2 * 0.05, 12);
  });
  test('with traffic by its weights it counts all events', () =>
    expect(
      counted([
        { weight: 3, events: many(300, 3) },
        { weight: 1, events: many(100, 7) },
      ]),
    ).toEqual({
      total: 400,
      good: 390,
      bad: 10,
    }));
  test('nine events are left out beside a hundred, ten are not', () => {
    const beside = (n: number) =>
      counted([
        { weight: 1, events: many(100, 0) },
        { weight: 1, events: many(n, n) },
      ]);
    expect(beside(9)).toEqual({ total: 100, good: 100, bad: 0 });
    expect(beside(10)).toEqual({ total: 20, good: 10, bad: 10 });
  });
  test('half an hour of silence is bad for half of the hour', () => {
    const standing = { kind: 'late', as: 'bad', since: ms(END - HOUR / 2) } as const;
    const parts = [
      { weight: 1, events: many(100, 0) },
      { weight: 1, events: many(100, 0), standing },
    ];
    const hour = eventsOf(compositeOf(parts), tally(parts, { start: ms(END - HOUR - 1), end: ms(END - 1) }));
    expect(hour.bad / hour.total).toBeCloseTo(0.25, 3);
  });
});
