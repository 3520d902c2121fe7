import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../server/model/clock.ts';
import type { SloStatus } from '../server/model/slo.ts';
import type { SystemStatus } from '../server/model/status.ts';
import { countsOf } from './support/counting-run.ts';
import { apacheTime } from './support/log-maker.ts';
import { logPipeline } from './support/log-pipeline.ts';
import { PATIENCE } from './support/patience.ts';
import { canMount, mountSmallDisk } from './support/small-disk.ts';
import { startVigie } from './support/vigie-process.ts';

/** What the operating system may refuse the real program: it says so, answers on, and goes on by itself when it may. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-refusing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TAGS = { tags: ['service', 'status'] } as const;

function linesOf(count: number, status: number): string {
  const time = apacheTime(systemClock.now());
  return `192.0.2.1 - - [${time}] "GET / HTTP/1.1" ${status} 9 "-" "-"\n`.repeat(count);
}

async function get<T>(url: string, path: string): Promise<T> {
  return (await (await fetch(url + path)).json()) as T;
}

async function sloOf(url: string, of: string): Promise<SloStatus | undefined> {
  return (await get<{ slos: SloStatus[] }>(url, '/api/vigie/slos')).slos.find(({ service }) => service === of);
}

/** What the status page says of the source that waits for the disk, and of its queue while that is blocked. */
async function waiting(url: string): Promise<(string | undefined)[]> {
  const { components, queues } = await get<SystemStatus>(url, '/api/vigie/status');
  const source = components.find(({ id }) => id === 'shop')?.note;
  return [source, ...queues.map(({ state, note }) => (state === 'blocked' ? note : undefined))];
}

const disk = canMount ? 'a full disk' : 'a full disk (skipped: mounting a tmpfs is not permitted here)';

describe.skipIf(!canMount)(disk, () => {
  test('nothing is lost nor counted twice, also when the program is killed and started while it is full', async () => {
    const small = mountSmallDisk(join(folder, 'disk'));
    onTestFinished(small.unmount);
    const log = join(folder, 'shop.log');
    const start = async () => startVigie(['run', '--listen', '127.0.0.1:0'], folder);
    writeFileSync(join(folder, 'vigie.yaml'), logPipeline({ shop: log }, { ...TAGS, more: { data_dir: small.path } }));
    writeFileSync(log, linesOf(1000, 200));
    let vigie = await start();
    try {
      await vi.waitUntil(async () => (await countsOf(vigie.url)).get('shop 200') === 1000, PATIENCE);
      small.fill();
      appendFileSync(log, linesOf(3000, 500));
      await vi.waitUntil(() => vigie.output().includes('free space on the data directory'), PATIENCE);
      await vi.waitUntil(
        async () => (await waiting(vigie.url)).every((note) => note?.includes('free space')),
        PATIENCE,
      );
      expect((await fetch(`${vigie.url}/`)).status).toBe(200);
      expect(Object.fromEntries(await countsOf(vigie.url))).toEqual({ 'shop 200': 1000 });
      await vigie.kill();
      vigie = await start();
      appendFileSync(log, linesOf(500, 404));
      await vi.waitUntil(() => vigie.output().includes('free space on the data directory'), PATIENCE);
      expect(Object.fromEntries(await countsOf(vigie.url))).toEqual({ 'shop 200': 1000 });
      await vi.waitUntil(
        async () => (await waiting(vigie.url)).every((note) => note?.includes('free space')),
        PATIENCE,
      );
      small.free();
      await vi.waitUntil(async () => (await countsOf(vigie.url)).get('shop 404') === 500, PATIENCE);
      expect(Object.fromEntries(await countsOf(vigie.url))).toEqual({
        'shop 200': 1000,
        'shop 404': 500,
        'shop 500': 3000,
      });
      await vi.waitUntil(async () => (await waiting(vigie.url)).every((note) => note === undefined), PATIENCE);
      expect(await vigie.stop()).toBe(0);
    } finally {
      await vigie.kill();
    }
  });
});

/** Root may read everything; without these rights it may read what its files allow it, like everybody. */
const isRoot = process.getuid?.() === 0;
const unprivileged = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
const canDrop = !isRoot || spawnSync('setpriv', [...unprivileged.slice(1), 'true']).status === 0;
const closed = canDrop ? 'a log it may not read' : 'a log it may not read (skipped: root without setpriv)';

describe.skipIf(!canDrop)(closed, () => {
  test('is told with what to do; the others are counted, and it is from the moment it may be read', async () => {
    const cwd = mkdtempSync(join(folder, 'closed-'));
    const [open, shut] = [join(cwd, 'open.log'), join(cwd, 'shut.log')];
    writeFileSync(join(cwd, 'vigie.yaml'), logPipeline({ open, shut }, TAGS));
    writeFileSync(open, linesOf(20, 200));
    writeFileSync(shut, linesOf(30, 200), { mode: 0o000 });
    const vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], cwd, {}, unprivileged);
    const origin = async () =>
      (await get<SystemStatus>(vigie.url, '/api/vigie/status')).origins.find(({ source }) => source === 'shut');
    try {
      await vi.waitUntil(async () => (await origin())?.state === 'unreadable', PATIENCE);
      expect((await origin())?.note).toMatch(/shut\.log.*permission denied: .* adm/);
      await vi.waitUntil(async () => (await countsOf(vigie.url)).get('open 200') === 20, PATIENCE);
      // A service is proposed an SLO when an evaluation first hears of its source.
      await vi.waitUntil(async () => (await sloOf(vigie.url, 'shut'))?.state === 'no_data', PATIENCE);
      const slo = await sloOf(vigie.url, 'shut');
      expect(slo?.reasons.map(({ code }) => code)).toContain('source_broken');
      chmodSync(shut, 0o644);
      await vi.waitUntil(async () => (await countsOf(vigie.url)).get('shut 200') === 30, PATIENCE);
      await vi.waitUntil(async () => (await origin())?.state === 'ok', PATIENCE);
    } finally {
      await vigie.kill();
    }
  });
});
