import fc from 'fast-check';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { TrafficDetail, TrafficInterface } from '../../server/model/traffic.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { stairs } from '../../web/charts/stairs.ts';
import { queryWith } from '../../web/frame/address.ts';
import { busyShare, nextOrder, orderInterfaces, searchInterfaces } from '../../web/traffic/interface-order.ts';
import { InterfacePage } from '../../web/traffic/interface-page.tsx';
import { InterfacesPage } from '../../web/traffic/interfaces-page.tsx';
import { sparkPath } from '../../web/traffic/spark-path.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { NOW } from './statuses.ts';

const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };
const HOSTILE = '<script>alert(1)</script>"&';
const none = () => undefined;

const row = (device: string, changes: Partial<TrafficInterface> = {}): TrafficInterface => {
  const spark = { mean: [1, null, 3] };
  return { host: 'h', device, in: spark, out: spark, ...changes };
};
const figures = { max: 1e6, mean: 5e5, current: 1e5, p95: 9e5, total: 1e9, known_secs: 86_400 };
const direction = { mean: [1e5, null, 1e6], high: [2e5, null, 1e6], low: [0, null, 1e5], figures };
const detail = (changes: Partial<TrafficDetail> = {}): TrafficDetail => ({
  host: 'h',
  device: 'eth0',
  capacity: 1.25e6,
  newest: NOW,
  range: 'day',
  start: NOW - 900_000,
  end: NOW,
  step_secs: 300,
  peak_secs: 60,
  base_secs: 300,
  zone: 'UTC',
  time: [NOW - 600_000, NOW - 300_000, NOW],
  in: direction,
  out: direction,
  ...changes,
});
const page = (graphs: readonly TrafficDetail[], language: 'en' | 'fr' = 'en', now = NOW) =>
  renderToString(
    h(SpeechContext.Provider, {
      value: SPEECH[language],
      children: h(InterfacePage, { graphs, now, past: false, onEnd: none, unit: 'bits', onUnit: none }),
    }),
  );

describe('the page of an interface', () => {
  test.each(LANGUAGES)('four graphs, each with its figures and their share of the capacity, %s', (language) => {
    const graphs = (['day', 'week', 'month', 'year'] as const).map((range) => detail({ range }));
    const text = page(graphs, language);
    expect(text.match(/role="img"/g)).toHaveLength(4);
    expect(text.match(/net-figures/g)).toHaveLength(4);
    expect(text).toContain(language === 'en' ? '80% of capacity' : '80\u202f% de la capacité');
    expect(text).toContain('8\u00a0Mbit/s');
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
  });

  test('without capacity no share; without data a word on where it is', () => {
    const { capacity: _, ...unknown } = detail();
    expect(page([unknown])).not.toContain('of capacity');
    const empty = { mean: [null], high: [null], low: [null], figures: { total: 0, known_secs: 0 } };
    const text = page([detail({ in: empty, out: empty, newest: NOW - 86_400_000 })]);
    expect(text).toContain('the newest data is from');
    expect(text).not.toContain('<canvas');
  });

  test('an interface that fell silent is said to be', () => {
    expect(page([detail()], 'en', NOW + 300_000)).not.toContain('No word');
    expect(page([detail()], 'en', NOW + 301_000)).toContain('No word from this interface for 5\u00a0min');
  });

  test('names of others stay text', () => {
    expect(page([detail({ device: HOSTILE, host: HOSTILE })])).not.toContain('<script');
    const overview = { time: NOW, steps: [NOW], interfaces: [row(HOSTILE)], left_out: 2 };
    const text = renderToString(h(InterfacesPage, { overview, unit: 'bits', onUnit: none }));
    expect(text).not.toContain('<script');
    expect(text).toContain('2 interfaces, silent the longest, are not listed');
  });
});

describe('order and search', () => {
  const busy = row('eth2', { capacity: 100, in: { current: 50, mean: [50] }, newest: 5 });
  const idle = row('eth10', { capacity: 100, in: { current: 1, mean: [1] }, newest: 9 });
  const dead = row('dead');
  const names = (column: Parameters<typeof nextOrder>[1], descending: boolean) =>
    orderInterfaces([dead, idle, busy], { column, descending }).map(({ device }) => device);
  test('names in the order of their numbers', () => {
    expect(names('name', false)).toEqual(['dead', 'eth2', 'eth10']);
    expect(names('name', true)).toEqual(['eth10', 'eth2', 'dead']);
  });
  test('what is not known stands last both ways', () => {
    expect(names('in', true)).toEqual(['eth2', 'eth10', 'dead']);
    expect(names('in', false)).toEqual(['eth10', 'eth2', 'dead']);
    expect(names('share', true)).toEqual(['eth2', 'eth10', 'dead']);
    expect(names('age', false)).toEqual(['eth10', 'eth2', 'dead']);
  });
  test('a first click on a figure asks for the highest', () => {
    expect(nextOrder({ column: 'name', descending: false }, 'in')).toEqual({ column: 'in', descending: true });
    expect(nextOrder({ column: 'in', descending: true }, 'in')).toEqual({ column: 'in', descending: false });
  });
  test('the busier direction counts', () => {
    expect(busyShare(busy)).toBe(0.5);
    expect(busyShare(dead)).toBeUndefined();
  });
  test('every word must be found', () => {
    expect(searchInterfaces([busy, idle], 'H eth1')).toEqual([idle]);
    expect(searchInterfaces([busy, idle], ' ')).toHaveLength(2);
  });
});

describe('stairs', () => {
  const f = (values: (number | null)[], want: readonly (readonly [number, number | null])[]) =>
    test(JSON.stringify(values), () => {
      expect(stairs(0, [10, 20, 30], values).map(({ x, y }) => [x, y])).toEqual(want);
    });
  f(
    [1, 2, 3],
    [
      [0, 1],
      [10, 1],
      [20, 2],
      [30, 3],
    ],
  );
  f(
    [null, 2, null],
    [
      [10, null],
      [10, 2],
      [20, 2],
      [30, null],
    ],
  );
  f(
    [null, null, null],
    [
      [10, null],
      [20, null],
      [30, null],
    ],
  );
});

describe('sparklines', () => {
  const scale = { width: 30, height: 12, top: 10 };
  const f = (values: (number | null)[], form: 'area' | 'line', want: string) =>
    test(`${form} ${JSON.stringify(values)}`, () => expect(sparkPath(values, scale, form)).toBe(want));
  f([10, 0, 5], 'line', 'M0 1H10V11H20V6H30');
  f([10, null, 5], 'line', 'M0 1H10M20 6H30');
  f([10, null, 5], 'area', 'M0 11V1H10V11ZM20 11V6H30V11Z');
  f([null, null, null], 'area', '');
  test('stay in their box', () => {
    const values = fc.array(fc.option(fc.double({ min: 0, max: 10, noNaN: true })), { minLength: 1 });
    fc.assert(
      fc.property(values, (row) => {
        const numbers = sparkPath(row, scale, 'line').match(/[\d.-]+/g) ?? [];
        for (const number of numbers) expect(Number(number)).toBeLessThanOrEqual(30);
        expect(sparkPath(row, { ...scale, top: 0 }, 'area')).not.toMatch(/NaN|Infinity/);
      }),
      { seed: 3 },
    );
  });
});

test('a part of the address changes and the rest stays', () => {
  expect(queryWith('?lang=fr&unit=bytes', 'unit', undefined)).toBe('?lang=fr');
  expect(queryWith('?lang=fr', 'unit', 'bytes')).toBe('?lang=fr&unit=bytes');
  expect(queryWith('?unit=bytes', 'unit', undefined)).toBe('');
});
