import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestsIn } from '../../server/main/demo/requests.ts';
import { minutesBetween, Rhythm } from '../../server/main/demo/rhythm.ts';
import { type DemoPlan, type Story, storyOf } from '../../server/main/demo/story.ts';
import type { Alert, AlertsAnswer } from '../../server/model/alerts.ts';
import type { BacktestAnswer } from '../../server/model/backtest.ts';
import type { ReleaseComparison, ReleasesAnswer } from '../../server/model/releases.ts';
import { alignDown, slotEnd } from '../../server/model/rings.ts';
import type { SloState, SloStatus } from '../../server/model/slo.ts';
import type { SystemStatus } from '../../server/model/status.ts';
import type { TrafficDetail } from '../../server/model/traffic.ts';
import { MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { queriedBy, queriedNumber } from '../support/instant-query.ts';
import { runVigie, startVigie, type VigieProcess } from '../support/vigie-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-demo-'));
const SIZE = ['--days', '10', '--lines', '60000', '--seed', '3'];
let vigie: VigieProcess;
let plan: DemoPlan;
let story: Story;

function start(...flags: string[]): Promise<VigieProcess> {
  return startVigie(['demo', ...SIZE, '--listen', '127.0.0.1:0', ...flags], folder);
}

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(vigie.url + path)).json()) as T;
}

beforeAll(async () => {
  vigie = await start();
  ({ plan } = JSON.parse(readFileSync(join(folder, '.vigie-demo', 'demo.json'), 'utf8')) as { plan: DemoPlan });
  story = storyOf(plan);
});

afterAll(async () => {
  await vigie?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const SLOT = ms(5 * MINUTE);
const FINEST = ms(10 * SECOND);

/** What the generator says, by service, of (start, end]; a log tells whole seconds. */
function requestsBetween(start: Ms, end: Ms): Record<string, number> {
  const rhythm = new Rhythm(plan);
  const counts: Record<string, number> = {};
  for (const minute of minutesBetween(ms(Math.max(story.start, alignDown(start, MINUTE))), ms(end + MINUTE))) {
    for (const { time, service } of requestsIn(rhythm, plan.seed, minute)) {
      const told = alignDown(ms(time), SECOND);
      if (told > start && told <= end) counts[service] = (counts[service] ?? 0) + 1;
    }
  }
  return counts;
}

function countedUntil(end: Ms, range: string): Promise<Record<string, number>> {
  const query = `sum by (service) (increase(http_requests_total[${range}]))`;
  return queriedBy(vigie.url, 'service', query, new Date(end).toISOString());
}

describe('a demo', () => {
  test('holds every request the generator made, each once', async () => {
    // The oldest days are kept in slots of five minutes. What a log tells at the second of `plan.end` is of the live shop.
    const end = alignDown(ms(plan.end - SECOND), SLOT);
    expect(await countedUntil(end, '20d')).toEqual(requestsBetween(ms(story.start - SLOT), end));
  });

  test('stands in every state there is', async () => {
    const { slos } = await ask<{ slos: SloStatus[] }>('/api/vigie/slos');
    const states = Object.fromEntries(slos.map(({ id, state }) => [id, state]));
    const wanted: Record<string, SloState> = {
      'checkout-availability': 'exhausted',
      'checkout-removals': 'too_little_traffic',
      'shop-availability': 'ok',
      'shop-latency': 'burning',
      'shop-beta': 'too_new',
      'api-availability': 'ok',
      'api-latency': 'ok',
      'api-v1-availability': 'no_traffic',
      'newsletter-availability': 'no_data',
    };
    expect(states).toEqual(wanted);
  });

  test('had its alerts when things happened, and tells nobody', async () => {
    const { current, history, receivers } = await ask<AlertsAnswer>('/api/vigie/alerts?limit=50');
    const firedIn = (slo: string, { start, end }: { start: number; end: number }): Alert | undefined =>
      [...current, ...history].find((alert) => alert.slo === slo && alert.since >= start && alert.since <= end);
    const deploy = firedIn('checkout-availability', { start: story.deploy.start, end: story.deploy.end + 5 * MINUTE });
    expect(deploy).toMatchObject({ state: 'resolved', worst_tier: 'page' });
    expect(firedIn('api-latency', story.leak)).toMatchObject({ state: 'resolved', resolved_by: 'recovered' });
    const inBurn = history.find(
      ({ slo, since, resolved = 0 }) =>
        slo === 'shop-availability' && since <= story.burn.end && resolved > story.burn.end,
    );
    expect(inBurn).toMatchObject({ worst_tier: 'page' });
    expect(firedIn('shop-latency', { start: story.slow, end: plan.end })).toMatchObject({ state: 'firing' });
    const outage = firedIn('shop-availability', story.outage);
    expect(outage?.timeline.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['fired', 'no_data', 'data_back', 'resolved']),
    );
    expect(outage?.timeline.find(({ kind }) => kind === 'no_data')?.time).toBeGreaterThan(story.silence.start);
    expect(receivers).toEqual([]);
  });

  test('a stricter objective would have called in the bad deploy too, and spent more', async () => {
    const file = join(folder, 'stricter.yaml');
    const availability = `{total: 'http_requests_total{service="checkout"}', bad: 'http_requests_total{service="checkout",status=~"5.."}'}`;
    const slo = `{id: checkout-availability, service: checkout, objective: 99.95%, window: 7d, availability: ${availability}}`;
    writeFileSync(file, `slos:\n  - ${slo}\n`);
    const to = new Date(plan.end).toISOString();
    const args = ['slo', 'backtest', file, '--from', new Date(story.start).toISOString(), '--to', to];
    const { code, stdout } = await runVigie([...args, '--server', vigie.url, '--json'], folder);
    expect(code).toBe(0);
    const [answer] = (JSON.parse(stdout) as BacktestAnswer).slos;
    const called = answer?.file.alerts.flatMap(({ calls }) => calls.map(({ time }) => time)) ?? [];
    const { start, end } = story.deploy;
    expect(called.some((time) => time > start && time <= end)).toBe(true);
    expect(answer?.in_force?.counts).toEqual(answer?.file.counts);
    const people = await runVigie([...args, '--server', vigie.url], folder);
    expect(people.stdout).toMatch(/FILE +IN FORCE\n(?:.*\n)*attained .* %/);
    expect(people.stdout).toMatch(/page +\d{4}-/);
  });

  test('marks what went out, and the bad deploy shows beside the time before it', async () => {
    const { releases } = await ask<ReleasesAnswer>('/api/vigie/releases?service=checkout');
    expect(releases.map(({ version }) => version)).toEqual(['2.13.4', '2.14.0']);
    const { slos } = await ask<ReleaseComparison>('/api/vigie/releases/2.14.0');
    const { compared } = slos.find(({ id }) => id === 'checkout-availability') ?? {};
    const { start, end } = story.deploy;
    expect(compared?.span_secs).toBe((end - start) / 1000);
    expect(compared?.after.rate).toBeGreaterThan(10 * (compared?.before.rate ?? 0) + 1);
  });

  test('draws no data as a gap, and no traffic as what it is', async () => {
    const known = async (host: string): Promise<(number | null)[]> => {
      const query = new URLSearchParams({
        range: 'week',
        zone: 'UTC',
        end: String((story.silence.end + 3600_000) / 1000),
      });
      const detail = await ask<TrafficDetail>(`/api/vigie/traffic/${host}/eth0?${query}`);
      const inSilence = (end = 0): boolean => end > story.silence.start + 30 * MINUTE && end <= story.silence.end;
      return detail.in.mean.filter((_, i) => inSilence(detail.time[i]));
    };
    expect((await known('web-1')).includes(null)).toBe(false);
    expect(new Set(await known('web-2'))).toEqual(new Set([null]));
    const night = `sum(increase(http_requests_total{service!="newsletter"}[4h]))`;
    expect(await queriedNumber(vigie.url, night, new Date(story.quiet.end - 5 * MINUTE).toISOString())).toBe(0);
  });

  test('keeps messages under their own time', async () => {
    const range = { start: String(story.deploy.start / 1000 - 1), end: String(story.deploy.end / 1000) };
    const query = new URLSearchParams({ ...range, text: 'checkout 2.14.0' });
    const { lines } = await ask<{ lines: { time: number; labels: Record<string, string> }[] }>(
      `/api/vigie/logs?${query}`,
    );
    expect(lines.map(({ time }) => time)).toEqual([story.deploy.start]);
  });

  test('tells its pages the story', async () => {
    const { demo } = await ask<SystemStatus>('/api/vigie/status');
    expect(demo).toEqual(story);
  });

  test('goes on after a kill, with what was missed, each once', async () => {
    await vigie.kill();
    vigie = await start();
    expect(vigie.output()).toMatch(/Going on with the demo of/);
    // In it are requests told before the kill, those it missed, and some that come after the start.
    const later = slotEnd(ms(Date.now()), FINEST);
    expect(later).toBeGreaterThan(plan.end);
    const isPast = (): boolean => Date.now() > later + 2000;
    await expect.poll(isPast).toBe(true);
    const wanted = requestsBetween(ms(later - 10 * MINUTE), later);
    await expect.poll(() => countedUntil(later, '10m')).toMatchObject(wanted);
    expect(wanted.shop).toBeGreaterThan(100);
    expect(await vigie.stop()).toBe(0);
  });
});

describe('a start that cannot be', () => {
  test('tells a port in use before anything is made', async () => {
    const holder = await startVigie(['serve', '--config', emptyConfig(), '--listen', '127.0.0.1:0'], folder);
    const { code, stderr } = await runVigie(
      ['demo', '--data-dir', 'other', '--listen', new URL(holder.url).host],
      folder,
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('the port is in use')]);
    expect(existsSync(join(folder, 'other'))).toBe(false);
    await holder.stop();
  });

  test('leaves a folder alone that is not of a demo', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'letter.txt'), 'dear');
    const { code, stderr } = await runVigie(['demo', '--data-dir', 'mine', '--listen', '127.0.0.1:0'], folder);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it holds letter.txt')]);
    expect(readFileSync(join(folder, 'mine', 'letter.txt'), 'utf8')).toBe('dear');
  });

  test.each([
    [['--days', '9'], 'from 10 to 100'],
    [['--lines', '-1'], 'from 20000 to'],
    [['--seed', 'x'], 'want a whole number'],
    [['--listen', '0.0.0.0:0'], 'without tokens'],
  ])('%j', async (flags, words) => {
    const { code, stderr } = await runVigie(['demo', '--data-dir', 'none', ...flags], folder);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(words);
  });
});

function emptyConfig(): string {
  const path = join(folder, 'empty.yaml');
  writeFileSync(path, 'data_dir: holder\n');
  return path;
}
