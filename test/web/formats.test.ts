import { describe, expect, test } from 'vitest';
import { numberFormats } from '../../server/model/words/number-formats.ts';
import { timeFormats } from '../../server/model/words/time-formats.ts';
import { NOW } from './statuses.ts';

const en = numberFormats('en');
const fr = numberFormats('fr');
const enTimes = timeFormats('en', 'Europe/Paris');
const frTimes = timeFormats('fr', 'Europe/Paris');

describe('numbers', () => {
  const f = (got: string, want: string) => test(want, () => expect(got).toBe(want));
  f(en.count(1_203_882), '1,203,882');
  f(fr.count(1_203_882), '1\u202f203\u202f882');
  f(en.percent(0.9995, 2), '99.95%');
  f(fr.percent(0.9995, 2), '99,95\u202f%');
  f(en.percent(0.57), '57%');
  f(en.percent(0), '0%');
  f(en.percent(0.0005), '0.1%');
  f(en.percent(0.00049), '<0.1%');
  f(en.percent(0.000012, 2), '<0.01%');
  f(fr.percent(0.000012, 2), '<\u202f0,01\u202f%');
  f(en.percent(-0.2043), '−20.4%');
  f(en.percent(1.5, 0), '150%');
  f(en.objective(0.999), '99.9%');
  f(en.objective(0.99999), '99.999%');
  f(fr.objective(0.995), '99,5\u202f%');
  f(en.times(15.12), '15.1×');
  f(en.times(0), '0×');
  f(en.times(2.04), '2×');
  f(en.times(1000), '1,000×');
  f(fr.times(0.4), '0,4×');
  f(Object.values(en.timesApart(1.04, 1)).join(' > '), '1.04× > 1×');
  f(Object.values(en.timesApart(15.13, 14.4)).join(' > '), '15.1× > 14.4×');
  f(Object.values(fr.timesApart(0.96, 1)).join(' ≤ '), '0,96× ≤ 1×');
  f(en.amount(0.75), '0.75');
  f(en.amount(9.94), '9.94');
  f(en.amount(10.4), '10');
  f(en.amount(-204), '−204');
  f(en.bytes(0), '0\u00a0B');
  f(en.bytes(999), '999\u00a0B');
  f(en.bytes(1000), '1\u00a0kB');
  f(en.bytes(1_550_000), '1.6\u00a0MB');
  f(fr.bytes(1_550_000), '1,6\u00a0Mo');
  f(en.bytes(5e15), '5,000\u00a0TB');
});

describe('attained is rounded down, one digit finer than its objective', () => {
  const f = (ratio: number, objective: number, want: string) =>
    test(`${ratio} of ${objective}`, () => expect(en.attained(ratio, objective)).toBe(want));
  f(1, 0.999, '100%');
  f(0.999996, 0.999, '99.99%');
  f(0.99899, 0.999, '99.89%');
  f(0.999, 0.999, '99.9%');
  f(0.9, 0.9, '90%');
  f(0.89999, 0.9, '89.9%');
  f(0.9999999, 0.999999, '99.99999%');
});

describe('durations', () => {
  const f = (got: string, want: string) => test(want, () => expect(got).toBe(want));
  f(enTimes.span(2_592_000), '30 days');
  f(frTimes.span(2_592_000), '30\u00a0jours');
  f(enTimes.span(86_400), '1 day');
  f(enTimes.span(5400), '90 minutes');
  f(enTimes.shortSpan(300), '5\u00a0min');
  f(enTimes.shortSpan(3600), '1\u00a0h');
  f(frTimes.shortSpan(259_200), '3\u00a0j');
  f(enTimes.age(-5), '0\u00a0s');
  f(enTimes.age(59.9), '59\u00a0s');
  f(enTimes.age(60), '1\u00a0min');
  f(enTimes.age(3599), '59\u00a0min');
  f(enTimes.age(3600), '1\u00a0h');
  f(enTimes.age(86_399), '23\u00a0h');
  f(frTimes.age(86_400), '1\u00a0j');
});

describe('moments', () => {
  const f = (got: string, parts: string[]) =>
    test(parts.join(' '), () => {
      for (const part of parts) expect(got).toContain(part);
    });
  f(enTimes.moment(NOW), ['Nov 21, 2026', '13:00', 'GMT+1']);
  f(frTimes.moment(NOW), ['21 nov. 2026', '13:00', 'UTC+1']);
});
