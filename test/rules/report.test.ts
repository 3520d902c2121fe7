import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportEntry, reportWindows, worstFirst } from '../../rules/reports/report.ts';
import { daysOf, lastPeriod, periodAround, periodBefore } from '../../rules/reports/report-period.ts';
import type { SelectorFacts, Window, WindowCount } from '../../server/model/engine.ts';
import type { Exclusion } from '../../server/model/exclusions.ts';
import { UNOWNED } from '../../server/model/slo.ts';
import {
  REPORT_PERIODS,
  type ReportPeriod,
  type SloReport,
  type SloReportEntry,
} from '../../server/model/slo-report.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { sloReportWords } from '../../server/model/words/slo-report.ts';
import { formatSloReport } from '../../server/slo-report/report-formats.ts';
import { firingAlert } from '../support/alerts.ts';
import { tries } from '../support/long.ts';
import { type Event, events, NOW, origin, slo, statusOf } from './observation.ts';

const at = (text: string): Ms => ms(Date.parse(text));
const iso = ({ start, end }: Window): string[] => [start, end].map((time) => new Date(time).toISOString());
const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Pacific/Auckland', 'Asia/Kathmandu'];

describe('a period', () => {
  const around = (period: ReportPeriod, zone: string, now: string, want: readonly string[]) =>
    test(`${period} around ${now} in ${zone}`, () => expect(iso(periodAround(period, at(now), zone))).toEqual(want));
  around('week', 'UTC', '2026-11-21T12:00:00Z', ['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z']);
  around('week', 'UTC', '2026-11-22T23:59:59.999Z', ['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z']);
  around('week', 'UTC', '2026-11-23T00:00:00Z', ['2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z']);
  around('month', 'Europe/Paris', '2026-10-31T22:59:59Z', ['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z']);
  around('month', 'Europe/Paris', '2026-10-31T23:00:00Z', ['2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z']);
  around('quarter', 'UTC', '2026-12-31T23:59:59Z', ['2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']);
  around('quarter', 'UTC', '2027-01-01T00:00:00Z', ['2027-01-01T00:00:00.000Z', '2027-04-01T00:00:00.000Z']);
  test('the last one is over', () => {
    const last = lastPeriod('week', at('2026-11-23T00:00:00Z'), 'UTC');
    expect(iso(last)).toEqual(['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z']);
    expect(iso(periodBefore('week', last, 'UTC'))[0]).toBe('2026-11-09T00:00:00.000Z');
  });
  test('a day on which clocks change has 23 or 25 hours', () => {
    const lengths = (month: string) =>
      daysOf(periodAround('month', at(`2026-${month}-15T00:00:00Z`), 'Europe/Paris'), 'Europe/Paris').map(
        ({ start, end }) => (end - start) / HOUR,
      );
    expect(lengths('03').filter((hours) => hours !== 24)).toEqual([23]);
    expect(lengths('10').filter((hours) => hours !== 24)).toEqual([25]);
  });
  test('holds its moment, follows the one before, and is its days in order', () => {
    const moments = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });
    const property = fc.property(
      moments,
      fc.constantFrom(...ZONES),
      fc.constantFrom(...REPORT_PERIODS),
      (time, zone, period) => {
        const now = ms(time);
        const span = periodAround(period, now, zone);
        expect(span.start <= now && now < span.end).toBe(true);
        expect(periodBefore(period, span, zone).end).toBe(span.start);
        const days = daysOf(span, zone);
        expect(days[0]?.start).toBe(span.start);
        expect(days.at(-1)?.end).toBe(span.end);
        for (const [i, day] of days.entries()) if (i > 0) expect(day.start).toBe(days[i - 1]?.end);
      },
    );
    fc.assert(property, { seed: 7, numRuns: tries(100) });
  });
});

describe('the report on one SLO', () => {
  const definition = slo({ objective: 0.99 });
  const countIn =
    (all: readonly Event[]) =>
    (window: Window): readonly [WindowCount, WindowCount] => {
      const inside = all.filter(({ time }) => time > window.start && time <= window.end);
      const counted = (n: number): WindowCount => ({ window, n, sum: n });
      return [counted(inside.length), counted(inside.filter(({ bad }) => bad).length)];
    };
  const entryOf = (all: readonly Event[], changes: Partial<Parameters<typeof reportEntry>[0]> = {}) => {
    const period = changes.period ?? periodAround('week', NOW, 'UTC');
    const before = periodBefore('week', period, 'UTC');
    const days = daysOf(period, 'UTC');
    const pairs = reportWindows(period, before, days, changes.slicesFrom).map(countIn(all));
    const counts = [pairs.map(([total]) => total), pairs.map(([, bad]) => bad)];
    return reportEntry({
      definition,
      status: statusOf(definition, all),
      counts,
      days,
      alerts: [],
      releases: [],
      exclusions: [],
      period,
      before,
      facts: factsOf(all),
      time: NOW,
      ...changes,
    });
  };
  const factsOf = (all: readonly Event[]): SelectorFacts => {
    const oldest = all.length === 0 ? {} : { oldest: ms(Math.min(...all.map(({ time }) => time))) };
    return { series: 2, origins: ['web-1/access'], ...oldest };
  };

  test('is a recount of the events: period, the one before, days, worst days', () => {
    const event = fc.record({ time: fc.integer({ min: NOW - 14 * DAY, max: NOW }), bad: fc.boolean() });
    const property = fc.property(fc.array(event, { minLength: 1, maxLength: 200 }), (all) => {
      const entry = entryOf(all);
      const { start, end } = periodAround('week', NOW, 'UTC');
      const own = all.filter(({ time }) => time > start && time <= end);
      expect(entry.counts.total).toBe(own.length);
      expect(entry.counts.bad).toBe(own.filter(({ bad }) => bad).length);
      expect(entry.previous.total).toBe(all.filter(({ time }) => time > start - 7 * DAY && time <= start).length);
      expect(entry.days.reduce((sum, { bad }) => sum + bad, 0)).toBe(entry.counts.bad);
      const spent = entry.days.reduce((sum, { spent_ratio }) => sum + spent_ratio, 0);
      if (own.length > 0) expect(spent).toBeCloseTo(1 - (entry.budget.left_ratio ?? 0), 9);
      const worst = entry.days
        .map(({ bad }) => bad)
        .filter((bad) => bad > 0)
        .sort((a, b) => b - a);
      expect(entry.worst_days.map(({ bad }) => bad)).toEqual(worst.slice(0, 3));
    });
    fc.assert(property, { seed: 11, numRuns: tries(50) });
  });
  test('nothing counted is no traffic, not 100 %', () => {
    expect(entryOf(events(1, 0), { counts: [] })).toMatchObject({ counts: { total: 0 }, worst_days: [] });
    expect(entryOf(events(1, 0), { counts: [] })).not.toHaveProperty('attained');
  });
  const alertAt = (fired: number) => ({ ...firingAlert(), id: `a-${fired}`, fired });
  test('has the alerts that fired in the period, its end excluded', () => {
    const { start, end } = periodAround('week', NOW, 'UTC');
    const alerts = [start - 1, end - 1, start, end].map(alertAt);
    expect(entryOf(events(10, 0), { alerts }).alerts.map(({ fired }) => fired)).toEqual([start, end - 1]);
  });
  test('has the releases of the period, oldest first', () => {
    const { start, end } = periodAround('week', NOW, 'UTC');
    const releases = [end, end - 1, start, start - 1].map((time) => {
      return { id: `${time}`, service: 'shop', version: `v${time}`, time, by: 'ci' };
    });
    const entry = entryOf(events(10, 0), { releases });
    expect(entry.releases.map(({ time }) => time)).toEqual([start, end - 1]);
  });
  const trend = (what: string, bad: number, age: number, want: object) =>
    test(`trend: ${what}`, () => expect(entryOf(events(10_000 - bad, bad, age)).trend).toMatchObject(want));
  trend('below the allowance', 50, DAY, { kind: 'lasts' });
  trend('above it, and gone', 200, DAY, { kind: 'spent' });
  trend('no request for three days', 50, 4 * DAY, { kind: 'unknown' });
  test('trend: the moment the budget is gone at the pace of three days', () => {
    const old = Array.from({ length: 20_000 }, () => ({ time: NOW - 9 * DAY, bad: false }));
    const all = [...old, ...events(9800, 200, DAY)];
    // 29,999 + 1 events allow 300 bad ones: a third is left, at twice the allowance, of 30 days.
    const { trend: found } = entryOf(all);
    expect(found).toMatchObject({ kind: 'runs_out' });
    expect('time' in found && (found.time - NOW) / DAY).toBeCloseTo(5, 1);
  });
  test('missed objectives come first, those without traffic last', () => {
    const [missed, met] = [entryOf(events(900, 100, HOUR)), entryOf(events(1000, 0, HOUR))];
    const silent = entryOf(events(1, 0), { counts: [] });
    expect([silent, met, missed].sort(worstFirst)).toEqual([missed, met, silent]);
  });

  describe('says of a period in which nothing was counted whether somebody knows', () => {
    const week = periodAround('week', NOW, 'UTC');
    const last = periodBefore('week', week, 'UTC');
    const one = (time: number): Event => ({ time, bad: false });
    const silence = (name: string, all: readonly Event[], changes: object, want: object) =>
      test(name, () => expect(entryOf(all, changes)).toMatchObject({ counts: { total: 0 }, ...want }));
    const status = (complete_to: number | undefined) =>
      statusOf(definition, [one(last.start)], { origins: [origin({ completeTo: complete_to as Ms })] });
    const known = [one(last.start - DAY)];
    silence('sources alive: no traffic', known, {}, { result: 'no_traffic' });
    silence('no request ever, in the running period: no traffic', [], {}, { result: 'no_traffic' });
    silence(
      'no request ever, in one that is over: nobody knows',
      [],
      { period: last },
      { result: 'no_data', no_data: 'never' },
    );
    silence('nobody ever heard', known, { status: status(undefined) }, { result: 'no_data', no_data: 'never' });
    const first = NOW - HOUR;
    silence('the first data are younger', [one(first)], { period: last }, { no_data: 'later', counted_from: first });
    const stale = { status: status(NOW - 2 * DAY) };
    silence('silent since', known, stale, { no_data: 'silent', complete_to: NOW - 2 * DAY });
    silence('silent for five minutes yet', known, { status: status(NOW - 5 * MINUTE) }, { result: 'no_traffic' });
    silence('slices gone', known, { slicesFrom: week.end }, { no_data: 'sliced', slices_from: week.end });
    test('all of it excluded: no traffic is left', () => {
      const counted = { window: week, n: 0, sum: 0, excluded: { spans: [week], sum: 7, by: ['x'] } };
      expect(entryOf(known, { counts: [[counted], [counted]] })).toMatchObject({
        result: 'no_traffic',
        excluded: { total: 7 },
      });
    });
  });
  describe('tells traffic against the period before', () => {
    const period = periodBefore('week', periodAround('week', NOW, 'UTC'), 'UTC');
    const weekBefore = periodBefore('week', period, 'UTC');
    const at = (moment: number, count: number): readonly Event[] =>
      Array.from({ length: count }, () => ({ time: moment, bad: false }));
    const long = at(weekBefore.start - DAY, 1);
    const inBoth = [...long, ...at(weekBefore.start + DAY, 50), ...at(period.start + DAY, 56)];
    const change = (name: string, all: readonly Event[], changes: object, want: number | undefined) =>
      test(name, () => {
        const { traffic_change } = entryOf(all, { period, ...changes }).previous;
        if (want === undefined) expect(traffic_change).toBeUndefined();
        else expect(traffic_change).toBeCloseTo(want, 12);
      });
    change('more', inBoth, {}, 0.12);
    change('nothing any more', [...long, ...at(weekBefore.start + DAY, 50)], {}, -1);
    change('not while the period goes on', inBoth, { time: ms(period.end - 1) }, undefined);
    change('not where there was none before', [...long, ...at(period.start + DAY, 5)], {}, undefined);
    change('not where the first data are of the period before', inBoth.slice(1), {}, undefined);
    change(
      'not where the sources fell silent',
      inBoth,
      { status: statusOf(definition, inBoth, { origins: [origin({ completeTo: ms(period.end - DAY) })] }) },
      undefined,
    );
    change(
      'not of slices, which are time',
      inBoth,
      { status: { ...statusOf(definition, inBoth), unit: 'slices' } },
      undefined,
    );
    test('not where an exclusion took something out of either', () => {
      const pair = (i: number) =>
        [period, weekBefore].map((window, k) => ({
          ...{ window, n: 5, sum: 5 },
          ...(i === k && { excluded: { spans: [window], sum: 3, by: ['x'] } }),
        }));
      for (const i of [0, 1]) {
        const entry = entryOf(inBoth, { period, counts: [pair(i), pair(i)] });
        expect(entry.previous).not.toHaveProperty('traffic_change');
      }
    });
    test('by length: March after February, and a month in which clocks change', () => {
      const changeOf = (month: string, zone: string) => {
        const span = periodAround('month', ms(Date.parse(`${month}-15T00:00:00Z`)), zone);
        const days = daysOf(span, zone);
        const counted = (window: Window) => ({ window, n: 0, sum: (window.end - window.start) / MINUTE });
        const whole = [counted(span), counted(periodBefore('month', span, zone)), ...days.map(counted)];
        const facts = { series: 2, origins: [], oldest: ms(0) };
        return entryOf(long, {
          period: span,
          days,
          before: periodBefore('month', span, zone),
          counts: [whole, whole],
          facts,
        }).previous.traffic_change;
      };
      for (const month of ['2023-02', '2023-03', '2023-10']) expect(changeOf(month, 'Europe/Paris')).toBeCloseTo(0, 12);
    });
  });
  test('tells that its sources were heard before its first data, which is not that it had no traffic', () => {
    const { start } = periodAround('week', NOW, 'UTC');
    const all = [{ time: start + 2 * DAY, bad: false }];
    const { sources, ...status } = statusOf(definition, all);
    const heardFrom = (heard_from: number) => {
      const known = { ...status, sources: sources.map((source) => ({ ...source, heard_from })) };
      return entryOf(all, { status: known });
    };
    expect(heardFrom(start + DAY)).toMatchObject({ counted_from: start + 2 * DAY, heard_from: start + DAY });
    expect(heardFrom(start + 2 * DAY)).not.toHaveProperty('heard_from');
    expect(heardFrom(start + DAY).days[0]).toMatchObject({ unknown: true });
  });
  test('days nothing is known of say so: before the first data, after the last word, ahead', () => {
    const { start } = periodAround('week', NOW, 'UTC');
    const noon = start + 12 * HOUR;
    const all = [{ time: noon + DAY, bad: false }];
    const ahead = entryOf(all).days.map(({ unknown }) => unknown === true);
    // NOW is a Tuesday.
    expect(ahead).toEqual([true, false, true, true, true, true, true]);
    expect(entryOf(all)).toMatchObject({ counted_from: noon + DAY, previous: { total: 0, unknown: true } });
    expect(entryOf([{ time: start + HOUR, bad: false }])).not.toHaveProperty('counted_from');
    const late = entryOf([{ time: start - HOUR, bad: false }]);
    expect(late.previous).toMatchObject({ total: 1, counted_from: start - HOUR });
  });
  test('slices are counted by whole days once they can be told apart', () => {
    const { start } = periodAround('week', NOW, 'UTC');
    const all = [start - HOUR, start + HOUR, start + DAY + HOUR].map((time) => ({ time, bad: false }));
    const entry = entryOf(all, {
      slicesFrom: ms(start + HOUR),
      facts: { series: 2, origins: [], oldest: ms(start - 9 * DAY) },
    });
    expect(entry).toMatchObject({
      counts: { total: 1 },
      slices_from: start + DAY,
      previous: { total: 0, unknown: true },
    });
    expect(entry.days.slice(0, 2)).toMatchObject([{ total: 0, unknown: true }, { total: 1 }]);
  });
  test('exclusions are told with reason, author and spans', () => {
    const { start, end } = periodAround('week', NOW, 'UTC');
    const daily: Exclusion = {
      ...{ id: 'x', slos: ['shop-availability'], reason: 'backups', author: 'alice', created: start },
      ...{ starts: start - DAY, ends: start - DAY + HOUR, recurrence: { rule: 'FREQ=DAILY', zone: 'UTC' } },
    };
    const window = { start, end };
    const counted = { window, n: 5, sum: 5, excluded: { spans: [window], sum: 3, by: ['x'] } };
    const { excluded } = entryOf(events(10, 0), {
      counts: [[counted], [counted]],
      exclusions: [daily, { ...daily, id: 'y' }],
    });
    expect(excluded).toMatchObject({
      total: 3,
      exclusions: ['x'],
      details: [{ reason: 'backups', author: 'alice', more: 2 }],
    });
    expect(excluded?.details[0]?.spans[0]).toEqual({ start, end: start + HOUR });
  });
  test('the figures of its own window are those of its status', () => {
    const status = statusOf(definition, events(900, 100, HOUR));
    const { state, as_of, window, counts, attained, budget } = status;
    const left_ratio = budget.left_ratio;
    expect(entryOf(events(900, 100, HOUR)).now).toEqual({ state, as_of, window, counts, attained, budget, left_ratio });
  });
  test('trend of a window below three days: at the pace of all of it', () => {
    const short = slo({ objective: 0.99, window: { kind: 'rolling', length: DAY } });
    const status = statusOf(short, events(995, 5, HOUR));
    expect(entryOf(events(995, 5, HOUR), { definition: short, status }).trend).toMatchObject({
      kind: 'lasts',
      over_secs: 86_400,
    });
  });

  const HOSTILE = '<script>alert(1)</script>|](x) `*_\u202e\n# h';
  const excludedBy = (words: string): NonNullable<SloReportEntry['excluded']> => {
    const spans = [{ start: NOW - HOUR, end: NOW }];
    return { total: 3, exclusions: ['x'], details: [{ id: 'x', reason: words, author: words, spans, more: 2 }] };
  };
  const report = (): SloReport => {
    const { start, end } = periodAround('week', NOW, 'Europe/Paris');
    const bad = entryOf(events(900, 100, HOUR), {
      alerts: [alertAt(NOW - HOUR)],
      releases: [{ id: 'r', service: 'shop', version: HOSTILE, time: NOW - HOUR, by: HOSTILE }],
    });
    const override = { id: 'o', service: HOSTILE, reason: HOSTILE, by: HOSTILE, created: NOW - HOUR, ends: NOW };
    return {
      ...{ period: 'week', zone: 'Europe/Paris', start, end, time: NOW },
      slos: [
        { ...bad, title: HOSTILE, owner: HOSTILE, excluded: excludedBy(HOSTILE) },
        entryOf(events(1, 0), { counts: [] }),
      ],
      disks: {
        ...{ reported: 22, left_out: 1 },
        filling: [
          {
            host: HOSTILE,
            mountpoint: HOSTILE,
            used_ratio: 0.8,
            full_at: NOW + DAY,
            growth_per_day: 0.2,
            r_squared: 0.999,
            values: 20,
          },
        ],
      },
      overrides: [override],
      store: { bytes: 12_345_678, worst_case_bytes: 1e9 },
    };
  };
  for (const language of ['en', 'fr'] as const) {
    test(`as HTML in ${language}: nothing runs, nothing is loaded, nothing is undefined`, () => {
      const page = formatSloReport(report(), 'html', language);
      expect(page).toContain(`<html lang="${language}">`);
      expect(page).toContain("default-src 'none'");
      expect(page).not.toMatch(/<script|<img|href="http|src=|undefined|NaN|\u202e/);
      expect(page.match(/<rect/g)).toHaveLength(14);
      expect(page).toContain(language === 'en' ? 'overspent by 90' : 'dépassé de 90');
      for (const heading of page.matchAll(/<a href="#([^"]+)">/g)) expect(page).toContain(`<h2 id="${heading[1]}">`);
    });
    test(`as Markdown in ${language}: what people named is no markup`, () => {
      const text = formatSloReport(report(), 'md', language);
      expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
      expect(text).not.toMatch(/(?<!\\)<script|undefined|NaN|\u202e/);
      const rows = text.split('\n').filter((line) => line.startsWith('|'));
      for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(10);
      expect(rows).toHaveLength(4);
    });
  }
  const told = (bad: number, good: number, language: 'en' | 'fr', want: string) =>
    test(`${bad} bad of ${bad + good} in ${language}: ${want}`, () => {
      const { start, end } = periodAround('week', NOW, 'UTC');
      const column = (sum: number) => [sum, 0, sum].map((n) => ({ window: { start, end }, n, sum: n }));
      const entry = entryOf(events(1, 0), { counts: [column(bad + good), column(bad)] });
      expect(formatSloReport({ ...report(), slos: [entry] }, 'md', language)).toContain(want);
    });
  // Of 15,000 allowed 99 are 0.66 %, 90 are 0.6 %: what was spent is rounded up, what is left down.
  told(99, 1_499_901, 'en', '(99 bad, 0.7% of the budget)');
  told(90, 1_499_910, 'en', '(90 bad, 0.6% of the budget)');
  told(99, 1_499_901, 'en', '99.3% of the budget of this period is left');
  told(1, 1_499_999, 'en', '1 was bad of 15,000 allowed');
  told(99, 1_499_901, 'en', '| Left of this period’s own budget |');
  told(99, 1_499_901, 'fr', '| Restant du budget propre à la période |');
  const line = (what: string, changes: object, english: string, french: string) =>
    test(`${what} in words`, () => {
      const slos = [{ ...entryOf(events(1000, 0, HOUR)), ...changes }];
      expect(formatSloReport({ ...report(), slos }, 'md', 'en')).toContain(english);
      expect(formatSloReport({ ...report(), slos }, 'md', 'fr')).toContain(french);
    });
  const grown = { previous: { total: 893, attained: 1, traffic_change: 0.12 } };
  line('more traffic', grown, '| 999 (+12%) |', '| 999 (+12\u202f%) |');
  const lessEn = '- Traffic: 143 requests a day, −3.4% against the period before.';
  const lessFr = '- Trafic\u202f: 143 requêtes par jour, −3,4\u202f% par rapport à la période précédente.';
  line('less traffic', { previous: { total: 1035, attained: 1, traffic_change: -0.0338 } }, lessEn, lessFr);
  const sameFr = '- Trafic\u202f: 143 requêtes par jour, comme sur la période précédente.';
  const same = { previous: { total: 1000, attained: 1, traffic_change: 1e-9 } };
  line('the same traffic', same, '- Traffic: 143 requests a day, as in the period before.', sameFr);
  const unwritten = { title: 'x', made_title: { kind: 'availability', service: 'shop' }, owner: UNOWNED };
  const [madeEn, madeFr] = [
    '| Requests to shop succeed | nobody |',
    '| Les requêtes vers shop réussissent | personne |',
  ];
  line('a title and an owner that nobody wrote', unwritten, madeEn, madeFr);
  test('SLOs of one title are told apart as on the pages', () => {
    const [month, week] = [entryOf(events(1000, 0, HOUR)), entryOf(events(1000, 0, HOUR))];
    const calendar = { every: 1, unit: 'month', zone: 'Europe/Paris', end: NOW } as const;
    const own = { ...week.now, window: { ...week.now.window, calendar } };
    const slos = [month, { ...week, id: 'other', now: own }];
    const text = (language: 'en' | 'fr') => formatSloReport({ ...report(), slos }, 'md', language);
    for (const name of [`${month.title} (30 days)`, `${month.title} (a calendar month (Europe/Paris))`]) {
      expect(text('en')).toContain(`| ${name} |`);
      expect(text('en')).toContain(`## ${name}`);
    }
    expect(text('fr')).toContain('## Les requêtes vers shop réussissent (un mois civil (Europe/Paris))');
  });
  const few = {
    counts: { total: 750, good: 749, bad: 1 },
    budget: { allowed: 0.75, spent: 1, left: -0.25, left_ratio: -1 / 3 },
  };
  const fewEn = '1 was bad of 0.75 allowed: the budget of this period is overspent by 33.3%.';
  line(
    'one that is bad',
    few,
    fewEn,
    '1 mauvaise requête pour 0,75 tolérée\u202f: le budget de la période est dépassé de 33,3\u202f%.',
  );
  const slow = '97,5\u202f% de bonnes tranches sur 999, pour 99\u202f% promis.';
  line('slices', { unit: 'slices', attained: 0.975 }, '97.5% of 999 slices were good', slow);
  const over = { budget: { allowed: 10, spent: 22, left: -12, left_ratio: -1.2 } };
  line('an overspent budget', over, '| overspent by 120% |', '| dépassé de 120\u202f% |');
  const heard = { counted_from: NOW - HOUR, heard_from: NOW - 2 * HOUR };
  const nothing = { allowed: 0, spent: 0, left: 0 };
  const unheard = { attained: undefined, budget: nothing, result: 'no_data', no_data: 'later' };
  const heardEn =
    ': nothing is known of the time before, but that its sources are heard since Nov 14, 2023, 21:13 GMT+1.';
  const heardFr = '\u202f: on ne sait rien d’avant, sinon que ses sources parlent depuis le 14 nov. 2023, 21:13 UTC+1.';
  line('sources heard before the first data', heard, heardEn, heardFr);
  line(
    'a period nothing is known of',
    { ...heard, ...unheard },
    '| – | – | – | – | 0 |',
    '; ses sources parlent depuis le 14 nov. 2023, 21:13 UTC+1.',
  );
  const silent = { attained: undefined, result: 'no_data', no_data: 'silent', complete_to: NOW };
  line(
    'silence',
    silent,
    'the sources are silent since Nov 14, 2023, 23:13 GMT+1.',
    'se taisent depuis le 14 nov. 2023, 23:13 UTC+1.',
  );
  line('silence in the table', silent, '| no data |', '| aucune donnée |');
  line(
    'a late start',
    { counted_from: NOW },
    'Counted since Nov 14, 2023, 23:13',
    'Compté depuis le 14 nov. 2023, 23:13',
  );
  line(
    'its own window',
    {},
    'Its own window, 30 days, now: 100% of 1,000 requests good, 100% of its budget left.',
    'Sur sa propre fenêtre, 30\u00a0jours, à cette heure',
  );
  const excluded = excludedBy('drill');
  line('an exclusion', { excluded }, 'Excluded Nov 14, 2023, 22:13', 'Hors du compte du 14 nov. 2023, 22:13');
  line(
    'its reason and author',
    { excluded },
    ', 2 times more: drill (drill).',
    ', 2 autres fois\u202f: drill (drill).',
  );
  line(
    'an alert for want of data',
    { alerts: [{ id: 'a', tier: 'page', cause: 'no_data', fired: NOW }] },
    'Page for want of data from Nov 14',
    'Appel faute de données du 14 nov.',
  );
  line(
    'a disk',
    {},
    'is full on Nov 15, 2023 if it goes on as in this period: 80% used, 20% of it more each day',
    'sera plein le 15 nov. 2023',
  );
  test('as JSON it is what was computed', () =>
    expect(JSON.parse(formatSloReport(report(), 'json', 'en'))).toEqual(report()));
  test('French has the words of English, with narrow spaces', () => {
    const { en, fr } = sloReportWords;
    expect(Object.keys(fr)).toEqual(Object.keys(en));
    // These choose forms, of which French has more.
    const grammar: readonly (string | undefined)[] = ['what', 'ones', 'some'];
    const names = (text: string) =>
      [...text.matchAll(/(?<!\b(?:events|slices|one|other|week|month|page|yes) )\{(\w+)[,}]/g)]
        .map(([, name]) => name)
        .filter((name) => !grammar.includes(name))
        .sort();
    for (const word of Object.keys(en) as (keyof typeof en)[]) {
      expect([word, ...new Set(names(fr[word]))]).toEqual([word, ...new Set(names(en[word]))]);
      expect(fr[word]).not.toMatch(/[^,}] [;?!%](\s|$)/);
    }
  });
});
