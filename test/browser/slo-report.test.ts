import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SloReport, SloReportEntry } from '../../server/model/slo-report.ts';
import { DAY, HOUR } from '../../server/model/units.ts';
import { formatSloReport } from '../../server/slo-report/report-formats.ts';
import { faultsOf, hasChromium, LOOKS, startBrowser } from '../support/browser.ts';

const START = Date.parse('2026-11-15T23:00:00Z');
const NOW = START + 4.5 * DAY;
const HOSTILE = '<script>document.title="run"</script><img src=http://evil.example/x onerror=alert(1)>\u202e';
const LONG = 'requests-to-the-checkout-of-the-shop-in-every-region-answer-within-two-hundred-and-fifty-milliseconds';
const SIZES = LOOKS.flatMap((look) => [1280, 320].map((width) => ({ ...look, width })));

/** What was counted on each of the days so far, all and bad ones; none: nothing is known. */
function entry(id: string, title: string, counted: readonly (readonly [number, number] | undefined)[]): SloReportEntry {
  const [total, bad] = [0, 1].map((i) => counted.reduce((sum, day) => sum + (day?.[i] ?? 0), 0)) as [number, number];
  const counts = { total, good: total - bad, bad };
  const allowed = total / 1000;
  const left_ratio = total > 0 ? { left_ratio: 1 - bad / allowed } : {};
  const budget = { allowed, spent: bad, left: allowed - bad, ...left_ratio };
  const attained = total > 0 ? { attained: counts.good / total } : {};
  const days = Array.from({ length: 7 }, (_, i) => {
    const [all = 0, failed = 0] = counted[i] ?? [];
    const spent_ratio = allowed > 0 ? failed / allowed : 0;
    return {
      start: START + i * DAY,
      total: all,
      bad: failed,
      spent_ratio,
      ...(counted[i] === undefined && { unknown: true as const }),
    };
  });
  const window = { duration_secs: 30 * 86_400, start: NOW - 30 * DAY, end: NOW };
  return {
    ...{
      id,
      title,
      service: 'shop',
      owner: 'shop team',
      unit: 'requests',
      objective: 0.999,
      counts,
      ...attained,
      budget,
    },
    ...(total > 0
      ? { result: bad > allowed ? 'missed' : 'met' }
      : { result: 'no_data', no_data: 'silent', complete_to: START }),
    ...{ previous: { total: 0, unknown: true }, days, worst_days: days.filter((day) => day.bad > 0).slice(0, 3) },
    ...{
      alerts: [],
      releases: [],
      now: { state: 'ok', as_of: NOW, window, counts, budget, ...attained, ...left_ratio },
    },
    trend: { kind: 'runs_out', time: NOW + 9 * DAY, rate: 2.5, over_secs: 3 * 86_400 },
  };
}

function report(): SloReport {
  const missed: SloReportEntry = {
    ...entry('checkout', HOSTILE, [
      [90_000, 20],
      [91_000, 700],
      [88_000, 12],
      [93_000, 140],
      [40_000, 9],
    ]),
    counted_from: START + 5 * HOUR,
    alerts: [
      { id: 'a', tier: 'page', fired: START + 30 * HOUR, resolved: START + 32 * HOUR },
      { id: 'b', tier: 'ticket', cause: 'no_data', fired: START + 80 * HOUR },
    ],
    releases: [{ version: 'v2026.11.17-with-a-very-long-name-and-no-space-in-it-at-all', time: START + 29 * HOUR }],
    excluded: {
      ...{ total: 1200, exclusions: ['x'] },
      details: [
        {
          id: 'x',
          reason: HOSTILE,
          author: 'alice',
          spans: [{ start: START + 2 * HOUR, end: START + 3 * HOUR }],
          more: 3,
        },
      ],
    },
  };
  const quiet = entry('quiet', LONG, []);
  const met: SloReportEntry = {
    ...entry('search', 'Requests to search succeed', [
      [1_203_882, 204],
      [1_100_421, 40],
      [990_301, 0],
      [1_000_000, 12],
      [5_000, 1],
    ]),
    previous: { total: 4_800_000, attained: 0.9999, traffic_change: -0.104 },
  };
  const disk = {
    host: 'web-1',
    mountpoint: `/srv/${LONG}`,
    used_ratio: 0.87,
    full_at: NOW + 9 * DAY,
    growth_per_day: 0.0142,
  };
  return {
    ...{
      period: 'week',
      zone: 'Europe/Paris',
      start: START,
      end: START + 7 * DAY,
      time: NOW,
      slos: [missed, met, quiet],
    },
    disks: { reported: 6, filling: [{ ...disk, r_squared: 0.983, values: 108 }], left_out: 0 },
    overrides: [
      {
        id: 'o',
        service: 'shop',
        by: 'bob',
        reason: 'fixes the outage',
        created: START + 31 * HOUR,
        ends: START + 33 * HOUR,
      },
    ],
    store: { bytes: 48_000_000, worst_case_bytes: 1.2e9 },
  };
}

describe.skipIf(!hasChromium)(
  hasChromium ? 'the report on service levels' : 'the report on service levels (skipped: no chromium)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-slo-report-'));
    const file = (lang: string): string => `file://${join(folder, `${lang}.html`)}`;
    let browser: Browser;

    beforeAll(async () => {
      browser = await startBrowser();
      for (const lang of ['en', 'fr'] as const)
        writeFileSync(join(folder, `${lang}.html`), formatSloReport(report(), 'html', lang));
    });

    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    test.each(SIZES)(
      '$lang, $theme, $width px wide: asks for nothing, runs nothing, axe finds nothing',
      async (look) => {
        const { theme, lang, width } = look;
        const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 900 } });
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(file(lang));
        expect(asked).toEqual([file(lang)]);
        expect(await page.title()).not.toBe('run');
        expect(await page.locator('script, img').count()).toBe(0);
        await expect.poll(() => faultsOf(page, `slo-report-${lang}-${theme}-${width}`)).toEqual([]);
        await context.close();
      },
    );

    test('on paper nothing is cut off', async () => {
      // A4 less a margin of 10 mm, at 96 dots an inch.
      const page = await browser.newPage({ viewport: { width: 718, height: 1000 } });
      await page.goto(file('fr'));
      await page.emulateMedia({ media: 'print' });
      const wide = await page.evaluate(
        () =>
          [...document.querySelectorAll('body *')].filter(
            (element) => element.getBoundingClientRect().right > window.innerWidth,
          ).length,
      );
      expect(wide).toBe(0);
      const folderOfPictures = process.env.VIGIE_SCREENSHOTS;
      const margin = { top: '10mm', bottom: '10mm', left: '10mm', right: '10mm' };
      const path = folderOfPictures === undefined ? {} : { path: join(folderOfPictures, 'slo-report.pdf') };
      const pdf = await page.pdf({ format: 'A4', margin, ...path });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      await page.close();
    });
  },
);
