import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphData } from '../../server/model/graph.ts';
import { HOUR, ms } from '../../server/model/units.ts';
import { counterBatches, sendBatches } from '../support/interface-counters.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { requestBatches } from '../support/request-counters.ts';
import { shopAvailability } from '../support/shop-slos.ts';

/** 2026-11-21T12:03:20Z */
const NOW = ms(1_795_262_600_000);
const HOSTILE = '<script>alert(1)</script>&"\u0001';
const IN = encodeURIComponent('rate(host_network_receive_bytes_total[1m])');
const HOURS = `start=${(NOW - 2 * HOUR) / 1000}&end=${NOW / 1000}`;

const folder = mkdtempSync(join(tmpdir(), 'vigie-pictures-'));
let server: PageServer;
let clock = NOW;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  writeFileSync(join(folder, 'slos', 'shop.yaml'), shopAvailability('99%'));
  server = await startPageServer(folder, { now: () => clock });
  const feed = { start: ms(NOW - 3 * HOUR), end: NOW, every_ms: 30_000, rate: () => ({ in: 1e6, out: 5e5 }) };
  await sendBatches(server.engine, NOW, requestBatches(NOW), 'requests');
  await sendBatches(server.engine, NOW, [
    ...counterBatches({ ...feed, device: 'eth0', speed: 1_250_000 }),
    ...counterBatches({ ...feed, device: HOSTILE }),
  ]);
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/api/vigie/charts/${path}`, { headers });

/** The colours of a picture, as `#rrggbbaa`, with how many pixels have each. */
async function coloursOf(bytes: ArrayBuffer): Promise<{ width: number; height: number; colours: Map<string, number> }> {
  const image = await loadImage(Buffer.from(bytes));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const colours = new Map<string, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = `#${Buffer.from(data.slice(i, i + 4)).toString('hex')}`;
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  return { width: image.width, height: image.height, colours };
}

const CHARTS = [
  'traffic/h/eth0/day',
  'traffic/h/eth0/week',
  'traffic/h/eth0/month',
  'traffic/h/eth0/year',
  'slo/shop-availability/burn-down',
  'slo/shop-availability/sli',
  'slo/shop-availability/traffic',
  `graph`,
];
const address = (chart: string, format: string, look = '') =>
  `${chart}.${format}?${chart === 'graph' ? `query=${IN}&${HOURS}` : ''}&${look}`;

describe('every chart as a picture', () => {
  test.each(CHARTS)('%s: an opaque PNG of the size asked for, with a drawing on it', async (chart) => {
    const response = await ask(address(chart, 'png', 'width=600&height=200'));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const { width, height, colours } = await coloursOf(await response.arrayBuffer());
    expect([width, height]).toEqual([600, 200]);
    const background = colours.get('#ffffffff') ?? 0;
    expect(background).toBeGreaterThan(600 * 200 * 0.4);
    expect(background).toBeLessThan(600 * 200);
    for (const colour of colours.keys()) expect(colour).toMatch(/ff$/);
  });

  test.each(CHARTS)('%s: an SVG with words, in French and dark', async (chart) => {
    const response = await ask(address(chart, 'svg', 'lang=fr&theme=dark'));
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    const svg = await response.text();
    expect(svg).toMatch(
      /^<\?xml[^>]*>\n<svg [^>]*viewBox="0 0 800 300"[^>]*><title id="ct">[^<]+<\/title><desc id="cd">[^<]+</,
    );
    expect(svg).toContain('fill="#0f1419"');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('the lines of both directions are there in their colours, twice as large when asked', async () => {
    const { width, height, colours } = await coloursOf(
      await (await ask('traffic/h/eth0/day.png?width=600&height=200&scale=2')).arrayBuffer(),
    );
    expect([width, height]).toEqual([1200, 400]);
    for (const colour of ['#0067a3ff', '#c04f00ff']) expect(colours.get(colour) ?? 0, colour).toBeGreaterThan(50);
  });

  test.each([
    [100, 100],
    [100, 2000],
    [2000, 100],
    [320, 160],
  ])('%d x %d has a drawing too', async (width, height) => {
    const response = await ask(`slo/shop-availability/sli.png?width=${width}&height=${height}`);
    const picture = await coloursOf(await response.arrayBuffer());
    expect([picture.width, picture.height]).toEqual([width, height]);
    const isBlue = (colour: string): boolean =>
      Number.parseInt(colour.slice(5, 7), 16) - Number.parseInt(colour.slice(1, 3), 16) > 40;
    const blue = [...picture.colours].reduce((sum, [colour, count]) => sum + (isBlue(colour) ? count : 0), 0);
    expect(blue).toBeGreaterThan(10);
  });

  test('releases are on it where the address asks for them, of one service or of all', async () => {
    const time = NOW - HOUR;
    const body = JSON.stringify({ service: 'shop', version: 'v3.14', by: 'ada', time });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${server.url}/api/vigie/releases`, { method: 'POST', headers, body });
    for (const chart of ['traffic/h/eth0/day', 'graph']) {
      const svg = async (look: string) => (await ask(address(chart, 'svg', look))).text();
      expect(await svg('releases=1'), chart).toContain('v3.14');
      expect(await svg('releases=1&service=shop'), chart).toContain('v3.14');
      expect(await svg('releases=1&service=cart'), chart).not.toContain('v3.14');
      expect(await svg(''), chart).not.toContain('v3.14');
    }
    const refused = await ask(address('graph', 'svg', 'releases=yes'));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('want 1, or nothing at all')]);
    const page = `/traffic/h/eth0?${new URLSearchParams({ releases: '1' })}`;
    const saved = await fetch(`${server.url}/api/vigie/export?${new URLSearchParams({ path: page })}`);
    expect(await saved.text()).toContain('v3.14');
    const slo = await ask('slo/shop-availability/sli.svg');
    expect(await slo.text()).toContain('v3.14');
  });

  test('names of others are text and nothing else', async () => {
    const svg = await (await ask(`traffic/h/${encodeURIComponent(HOSTILE)}/day.svg`)).text();
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0001');
  });

  test('who has the newest picture is told so; new data makes a new one', async () => {
    const first = await ask('traffic/h/eth0/day.png');
    const etag = first.headers.get('etag') ?? '';
    // Of its own accord fetch would forbid the answer.
    const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
    expect((await ask('traffic/h/eth0/day.png', headers)).status).toBe(304);
    expect((await ask('traffic/h/eth0/day.png?theme=dark', headers)).status).toBe(200);
    clock = ms(NOW + 10 * 60_000);
    try {
      expect((await ask('traffic/h/eth0/day.png', headers)).status).toBe(200);
    } finally {
      clock = NOW;
    }
  });

  test.each([
    ['traffic/h/eth0/day.gif', 404, 'want its name with .png or .svg'],
    ['traffic/h/eth0/decade.png', 400, 'want day, week, month, year'],
    ['traffic/h/none/day.png', 404, 'cannot find interface'],
    ['slo/none/sli.png', 404, 'cannot find SLO'],
    ['slo/shop-availability/none.png', 404, 'want burn-down, sli, traffic'],
    [`graph.png?query=sum(&${HOURS}`, 400, 'cannot parse query'],
    ['graph.png?query=up', 400, 'it is missing'],
    [`graph.png?query=up&start=5&end=5`, 400, 'want a moment after start'],
    ['traffic/h/eth0/day.png?width=99', 400, 'want whole pixels from 100 to 2000'],
    ['traffic/h/eth0/day.png?height=2001', 400, 'want whole pixels from 100 to 2000'],
    ['traffic/h/eth0/day.png?width=1e3.5', 400, 'want whole pixels'],
    ['traffic/h/eth0/day.png?lang=de', 400, 'want en or fr'],
    ['traffic/h/eth0/day.png?theme=pink', 400, 'want light or dark'],
    ['traffic/h/eth0/day.png?unit=nibbles', 400, 'want bits or bytes'],
    ['none.png', 404, 'cannot find chart'],
  ])('%s: %d', async (path, status, message) => {
    const response = await ask(path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(message);
  });
});

describe('a graph as data', () => {
  const graph = async (query: string) => {
    const response = await fetch(`${server.url}/api/vigie/graph?${query}`);
    return { status: response.status, body: (await response.json()) as GraphData & { error: { message: string } } };
  };

  test('one column per series over one time axis, no more points than asked for', async () => {
    const { body } = await graph(`query=${IN}&${HOURS}&points=100`);
    expect(body.time.length).toBeLessThanOrEqual(100);
    expect(body.time.length).toBeGreaterThan(50);
    expect(body.series).toHaveLength(2);
    for (const { values } of body.series) {
      expect(values).toHaveLength(body.time.length);
      expect(values.at(-2)).toBeCloseTo(1e6, 0);
    }
  });

  test('what is no number is a gap', async () => {
    const { body } = await graph(`query=${encodeURIComponent('0 * host_network_speed_bytes / 0')}&${HOURS}`);
    expect(new Set(body.series.flatMap(({ values }) => values))).toEqual(new Set([null]));
  });

  test.each([
    ['query=up', 'cannot read parameter "start"'],
    [`query=up&${HOURS}&points=1`, 'want a whole number from 2 to 2000'],
    [`query=up&${HOURS}&points=2001`, 'want a whole number from 2 to 2000'],
    [`query=up[&${HOURS}`, 'cannot parse query'],
  ])('%s is refused', async (query, message) => {
    const { status, body } = await graph(query);
    expect(status).toBe(400);
    expect(body.error.message).toContain(message);
  });
});

test.each([
  ['/none', 404],
  ['/traffic/h', 404],
  ['/traffic/h/none', 404],
  ['/slo/none', 404],
  ['/graph', 400],
  ['/graph?query=sum(', 400],
  ['/slo/%zz', 400],
  ['', 400],
])('the page %j cannot be saved: %d', async (path, status) => {
  const response = await fetch(`${server.url}/api/vigie/export?${new URLSearchParams({ path })}`);
  expect(response.status).toBe(status);
});
