import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, test } from 'vitest';
import type { ShownRelease } from '../../server/model/releases.ts';
import type { WebLogDay } from '../../server/model/web-log.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { MOST_MARKS, momentLines, releaseLines, releaseMoments } from '../../web/charts/moment-lines.ts';
import type { ChartTokens } from '../../web/charts/tokens.ts';
import { ReleaseTable, releasesBetween } from '../../web/frame/release-marks.tsx';
import { Releases } from '../../web/slo-page/releases.tsx';
import { releasesOfDays } from '../../web/web-log/release-days.ts';
import { FRENCH } from '../../web/words/french.ts';
import { createSpeech, ENGLISH, SpeechContext } from '../../web/words/speech.ts';
import { NOW, sloDetail, sloStatus } from './statuses.ts';

const HOUR_MS = 3_600_000;
const HOSTILE = '<script>alert(1)</script>"\'&{x}\u202e\u0007';
const SPEECH = { en: createSpeech(ENGLISH, 'UTC'), fr: createSpeech(FRENCH, 'UTC') };

const release = (changes: Partial<ShownRelease> = {}): ShownRelease => ({
  id: 'r1',
  service: 'shop',
  version: 'v2.1',
  time: NOW - 2 * HOUR_MS,
  by: 'ada',
  compared: {
    span_secs: 7200,
    before: { total: 1000, bad: 0, attained: 1, rate: 0 },
    after: { total: 1000, bad: 25, attained: 0.975, rate: 2.5 },
  },
  ...changes,
});
const detail = (releases: readonly ShownRelease[]) => ({ ...sloDetail(sloStatus()), releases });
const table = (releases: readonly ShownRelease[], language: 'en' | 'fr' = 'en'): string =>
  renderToString(
    h(SpeechContext.Provider, { value: SPEECH[language], children: h(Releases, { detail: detail(releases) }) }),
  );

describe('releases on the page of an SLO', () => {
  test.each(LANGUAGES)('before and after, as numbers: %s', (language) => {
    const html = table([release({ note: 'faster' })], language);
    for (const text of ['v2.1', 'ada', 'faster', '25']) expect(html).toContain(text);
    expect(html).toContain(language === 'en' ? '97.5%' : '97,5');
    expect(html).not.toMatch(/undefined|NaN|\{\w+\}/);
  });
  test('none: nothing', () => expect(table([])).toBe(''));
  test('one too young and one without traffic say so', () => {
    const { compared: _, ...young } = release();
    const idle = release({ compared: { span_secs: 60, before: { total: 0, bad: 0 }, after: { total: 0, bad: 0 } } });
    expect(table([young])).toContain('too new');
    expect(table([idle])).toContain('no traffic');
  });
  test('hostile words are text', () => {
    const html = table([release({ version: HOSTILE, by: HOSTILE, note: HOSTILE })]);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('\u202e');
  });
});

describe('releases on a chart', () => {
  const tokens = { muted: 'grey', text: 'black', background: 'white', font: 'x', wide: true } as ChartTokens;
  const range = { start: NOW - 100 * HOUR_MS, end: NOW, step_secs: 60 };
  const lines = (hours: readonly number[], version = 'v') =>
    momentLines(
      { range, releases: hours.map((hour) => release({ id: `r${hour}`, version, time: NOW - hour * HOUR_MS })) },
      'changed',
      tokens,
    );
  const named = (hours: readonly number[]) =>
    Object.entries(lines(hours)).flatMap(([id, line]) => ('label' in line && line.label ? [id] : []));

  test('a line each, inside the range alone', () =>
    expect(Object.keys(lines([-1, 0, 1, 99, 100, 101]))).toEqual(['release r1', 'release r99']));
  test('names where there is room, the newest first', () =>
    expect(named([5, 10, 16, 40])).toEqual(['release r5', 'release r16', 'release r40']));
  test('a long name is cut between characters', () => {
    const [line] = Object.values(lines([5], '🚀'.repeat(20)));
    const content = line !== undefined && 'label' in line ? line.label?.content : undefined;
    expect(content).toBe(`${'🚀'.repeat(11)}…`);
  });
});

describe('releases on a chart of anything', () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    release({ id: `r${i}`, service: `s${i % 2}`, time: NOW - i * HOUR_MS }),
  );
  const tokens = { muted: 'grey', text: 'black', background: 'white', font: 'x', wide: true } as ChartTokens;
  const marks = (language: 'en' | 'fr', releases: readonly ShownRelease[] | undefined): string =>
    renderToString(h(SpeechContext.Provider, { value: SPEECH[language], children: h(ReleaseTable, { releases }) }));

  test('no more lines than can be told apart, the newest ones', () => {
    const lines = Object.keys(releaseLines(many, { start: NOW - 100 * HOUR_MS, end: NOW + 1 }, tokens));
    expect(lines).toHaveLength(MOST_MARKS);
    expect(lines).toContain('release r0');
    expect(lines).not.toContain(`release r${MOST_MARKS}`);
  });
  test('those within the range alone', () => {
    const within = releasesBetween(many, { start: NOW - 3 * HOUR_MS, end: NOW });
    expect(within?.map(({ id }) => id)).toEqual(['r1', 'r2']);
    expect(releasesBetween(undefined, { start: 0, end: NOW })).toBeUndefined();
  });
  test.each(LANGUAGES)('in full below it, the rest counted: %s', (language) => {
    const html = marks(language, many);
    expect(html.match(/<th scope="row"/g)).toHaveLength(10);
    expect(html).toContain('s1');
    expect(html).toContain('50');
    expect(html).not.toMatch(/undefined|NaN|\{\w+\}/);
  });
  test('none in the range says how one is marked, and nothing stands where nobody asked', () => {
    expect(marks('en', [])).toContain('vigie release mark');
    expect(marks('en', undefined)).toBe('');
  });
  test('over bars of days each stands where the clocks of the zone showed it, however long the day', () => {
    const at = (time: string, id: string) => release({ id, time: Date.parse(time) });
    // On 25 October 2026 Paris had 25 hours, its second 02:30 an hour after the first.
    const known = [
      at('2026-10-26T22:59:00Z', 'last'),
      at('2026-10-25T11:00:00Z', 'noon'),
      at('2026-10-24T22:00:00Z', 'first'),
      at('2026-10-24T21:59:59Z', 'before'),
      at('2026-10-26T23:00:00Z', 'after'),
    ];
    const days = ['2026-10-25', '2026-10-26'].map((day) => ({ day }) as WebLogDay);
    const found = releasesOfDays(known, { days, zones: ['Europe/Paris'] });
    expect(found?.releases).toEqual([known[0], known[1], known[2]]);
    const { releases = [], start = 0, end = 0 } = found?.onWall ?? {};
    expect(releases.map(({ id, time }) => [id, (time - start) / (end - start)])).toEqual([
      ['last', expect.closeTo(1 - 1 / 2880, 6)],
      ['noon', 0.25],
      ['first', 0],
    ]);
    expect(releasesOfDays(known, { days: [], zones: [] })).toBeUndefined();
    expect(releasesOfDays(undefined, { days, zones: ['UTC'] })).toBeUndefined();
  });
  test('over bars of any kind as on a chart: the same lines, the same names', () => {
    const range = { start: NOW - 100 * HOUR_MS, end: NOW + 1 };
    const moments = releaseMoments(many, range);
    const names = (wide: boolean) =>
      Object.entries(releaseLines(many, range, { ...tokens, wide })).flatMap(([id, line]) =>
        'label' in line && line.label ? [id] : [],
      );
    expect(moments.map(({ id }) => id)).toEqual(Object.keys(releaseLines(many, range, tokens)));
    expect(moments.filter(({ named }) => named.wide).map(({ id }) => id)).toEqual(names(true));
    expect(moments.filter(({ named }) => named.narrow).map(({ id }) => id)).toEqual(names(false));
    expect(moments.find(({ id }) => id === 'release r25')?.share).toBeCloseTo(0.75, 6);
  });
  test('hostile words are text', () => {
    const html = marks('en', [release({ version: HOSTILE, by: HOSTILE, service: HOSTILE })]);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('\u202e');
  });
});
