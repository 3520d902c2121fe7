import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CONSOLIDATIONS, type SeriesRows } from '../../server/model/data-source.ts';
import { isEqual } from '../store/rrd/trials.ts';
import { seeded } from '../support/random.ts';
import { WRITE_HEADERS } from '../support/remote-storage-server.ts';
import { askRrdtool, hasRrdtool, type Update } from '../support/rrdtool.ts';
import { runVigie, startVigie } from '../support/vigie-process.ts';
import { sortedLabels, writeBody } from '../support/write-request.ts';

const CONFIG = `
data_dir: data
listen: 127.0.0.1:0
sources: {}
sinks: {}
store:
  data_sources:
    - match: 'traffic_in_bytes{device="eth0"}'
      type: COUNTER
      heartbeat: 10m
      min: 0
      max: 125000000
`;
const SOURCE = { type: 'COUNTER', heartbeat_secs: 600, min: 0, max: 125_000_000 } as const;
/** The default rings, in steps of ten seconds. */
const ARCHIVES = [
  { pdps: 1, rows: 17_280, xff: 0.5 },
  { pdps: 6, rows: 20_160, xff: 0.5 },
  { pdps: 30, rows: 28_800, xff: 0.5 },
  { pdps: 360, rows: 17_520, xff: 0.5 },
];
const DAYS = 16;
const LABELS = { device: 'eth0', host: 'router' };

/** A counter of 32 bits that is asked every five minutes, more or less: it wraps, leaps (a spike beyond `max`), and is not heard of for hours. */
function polled(end: number): Update[] {
  const random = seeded(7);
  const updates: Update[] = [];
  let count = 4_000_000_000;
  for (let time = end - DAYS * 86_400 + 17; time <= end; time += 290 + random.below(20)) {
    if (random.below(200) === 0) time += 3600 * (1 + random.below(5));
    count = random.below(300) === 0 ? count + 60e9 : (count + random.below(9_000_000)) % 2 ** 32;
    updates.push({ time, text: String(count) });
  }
  return updates.filter(({ time }) => time <= end);
}

test.skipIf(!hasRrdtool)(
  'a counter of a router, imported and written: rows of day, week and month as rrdtool fetch prints them',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vigie-rrd-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'vigie.yaml'), CONFIG);
    const end = Math.floor(Date.now() / 3_600_000) * 3600;
    const updates = polled(end);
    const recent = updates.findIndex(({ time }) => time > end - 86_400);
    const lines = updates
      .slice(0, recent)
      .map(({ time, text }) => `traffic_in_bytes{device="eth0",host="router"} ${text} ${time}`);
    writeFileSync(join(folder, 'old.om'), `${lines.join('\n')}\n# EOF\n`);
    const vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], folder);
    onTestFinished(() => vigie.kill());
    const run = (...args: readonly string[]) => runVigie([...args, '--server', vigie.url], folder);
    expect(await run('import', 'openmetrics', 'old.om')).toMatchObject({ code: 0 });
    const ask = async (path: string): Promise<unknown> => (await fetch(vigie.url + path)).json();
    const series = [
      {
        labels: sortedLabels('traffic_in_bytes', LABELS),
        samples: updates.slice(recent).map(({ time, text }) => [time * 1000, Number(text)] as const),
      },
    ];
    const write = () =>
      fetch(`${vigie.url}/api/v1/write`, { method: 'POST', body: writeBody(series), headers: WRITE_HEADERS });
    expect((await write()).status).toBe(204);

    const day = { start: end - 86_400, end, resolution: 300 };
    const week = { start: end - 7 * 86_400, end, resolution: 1800 };
    const month = { start: end - DAYS * 86_400, end, resolution: 7200 };
    const fetches = [day, week, month].flatMap((range) => CONSOLIDATIONS.map((how) => ({ how, ...range })));
    const start = Math.ceil(updates[0]!.time / 10 - 1) * 10;
    const database = { file: join(folder, 'x.rrd'), source: SOURCE, start, step: 10, archives: ARCHIVES };
    const wanted = askRrdtool(database, updates, fetches);
    for (const [i, { how, ...range }] of fetches.entries()) {
      const query = new URLSearchParams({ match: '{device="eth0"}', cf: how, ...asText(range) });
      const { series: answered } = (await ask(`/api/vigie/rrd/rows?${query}`)) as { series: SeriesRows[] };
      const { first, step, values } = answered[0]!;
      const want = [...wanted[i]!];
      expect(values.map((_, row) => (first + row * step) / 1000)).toEqual(want.map(([time]) => time));
      expect(want.filter(([, value]) => !Number.isNaN(value)).length).toBeGreaterThan(100);
      expect(want.filter(([, value], row) => !isEqual(values[row] ?? Number.NaN, value))).toEqual([]);
    }

    const flags = Object.entries(asText(day)).flatMap(([flag, value]) => [`--${flag}`, value]);
    const printed = await run('rrd', 'fetch', 'traffic_in_bytes', 'AVERAGE', ...flags);
    const first = [...wanted[0]!].map(
      ([time, value]) => `${time}: ${Number.isNaN(value) ? 'nan' : value.toExponential(10)}`,
    );
    expect(printed.stdout.replace(/e([+-])0/g, 'e$1')).toBe(`${first.join('\n')}\n`);
    const info = await run('rrd', 'info');
    expect(info.stdout).toMatch(/COUNTER +10s +600s +0 +125000000 .*traffic_in_bytes\{device="eth0",host="router"\}/);
    const metadata = await ask('/api/v1/metadata');
    expect(metadata).toMatchObject({
      data: {
        traffic_in_bytes: [{ type: 'gauge', help: 'rate of an rrd data source: COUNTER, step 10 s, heartbeat 600 s' }],
      },
    });
    // PromQL's windows over its PDPs are the same rows, where enough of them is known and the last one is over.
    const rows = wanted[fetches.findIndex(({ how, resolution }) => how === 'MAX' && resolution === 7200)]!;
    const query = `max_over_time(traffic_in_bytes[1h]) and count_over_time(traffic_in_bytes[1h]) >= 180`;
    const range = new URLSearchParams({
      query,
      start: String(end - 12 * 86_400),
      end: String(end - 3600),
      step: '3600',
    });
    const answer = (await ask(`/api/v1/query_range?${range}`)) as {
      data: { result: { values: [number, string][] }[] };
    };
    const values = answer.data.result[0]!.values;
    expect(values.length).toBeGreaterThan(200);
    expect(values.filter(([time, value]) => !isEqual(Number(value), rows.get(time)!))).toEqual([]);

    const again = await write();
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('past_update')]);
    const refused = await run('rrd', 'fetch', 'traffic_in_bytes', 'MEDIAN');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('want AVERAGE, MIN, MAX, LAST') });
  },
);

function asText({ start, end, resolution }: { start: number; end: number; resolution: number }) {
  return { start: String(start), end: String(end), resolution: `${resolution}s` };
}
