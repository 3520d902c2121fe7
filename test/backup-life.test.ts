import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { systemClock } from '../server/model/clock.ts';
import { makeHouse, makeTraffic, settledCounts } from './support/counting-run.ts';
import { logPipeline } from './support/log-pipeline.ts';
import { isLong } from './support/long.ts';
import { PATIENCE } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { seededOfRun } from './support/random.ts';
import { runVigie, startVigie } from './support/vigie-process.ts';

/** The real program: backed up while it counts, lost, and restored beside a collector that has gone on. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-backup-life-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BLOCK = 3000;
/** Restored again and again, the epochs of the server come back while those of the collector go on. */
const ROUNDS = isLong ? 3 : 1;

test('an old backup, restored beside a newer collector: every line counts once and is stored once', async () => {
  const { seed, random } = seededOfRun('backup life');
  const house = await makeHouse('http');
  const vigie = (...args: string[]) => runVigie([...args, '--data-dir', 'server'], house.folder);
  try {
    const traffic = makeTraffic(house.logFolder, systemClock.now() - 3_600_000, random);
    traffic.write(BLOCK);
    await house.start();
    await vi.waitUntil(async () => (await totalOf(house.counts())) > 0, PATIENCE);
    traffic.write(BLOCK);
    const backup = await vigie('backup', 'old.sqlite');
    expect(backup, backup.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/old\.sqlite: \d+ bytes in .* sound/),
    });
    expect(await vigie('restore', 'old.sqlite')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is using it/),
    });
    for (let round = 0; round < ROUNDS; round++) {
      traffic.write(BLOCK);
      traffic.logs[round % traffic.logs.length]?.rotateByRename();
      await settledCounts(house, traffic);
      traffic.write(BLOCK);
      await house.killServer();
      traffic.write(BLOCK);
      const restored = await vigie('restore', 'old.sqlite');
      expect(restored, restored.stderr).toMatchObject({ code: 0, stderr: expect.stringMatching(/is in place/) });
      await house.start();
    }
    const counts = await settledCounts(house, traffic);
    expect(Object.fromEntries(counts), `seed ${seed}`).toEqual(Object.fromEntries(traffic.written));
    expect(await house.lines(), `seed ${seed}`).toEqual(Array.from({ length: traffic.total() }, (_, i) => i + 1));
    const doctor = await runVigie(['doctor', '--data-dir', 'server'], house.folder);
    expect(doctor.stdout, doctor.stderr).toMatch(/^ok {4}database {2}sound: /m);
    expect((await vigie('restore', '--discard')).stderr.match(/removed, \d+ bytes/g)).toHaveLength(ROUNDS);
  } finally {
    await house.stop();
  }
});

async function totalOf(counts: Promise<ReadonlyMap<string, number>>): Promise<number> {
  return [...(await counts).values()].reduce((sum, n) => sum + n, 0);
}

test('a server gives its backup to whoever has the scope admin, one at a time; the doctor sees it running', async () => {
  const cwd = join(folder, 'tokens');
  mkdirSync(cwd);
  const log = join(cwd, 'shop.log');
  writeFileSync(log, '');
  const listen = `127.0.0.1:${await freePort()}`;
  writeFileSync(
    join(cwd, 'vigie.yaml'),
    logPipeline({ shop: log }, { tags: ['service', 'status'], more: { listen, data_dir: 'data' } }),
  );
  const token = (name: string): string => name.padEnd(20, '-');
  writeFileSync(join(cwd, 'tokens'), `admin ${token('admin')}\nread ${token('reader')}\n`);
  writeFileSync(join(cwd, 'admin'), token('admin'));
  writeFileSync(join(cwd, 'reader'), token('reader'));
  const server = await startVigie(['run', '--token-file', 'tokens'], cwd);
  try {
    const ask = (...args: string[]) => runVigie(['backup', ...args, '--server', server.url], cwd);
    expect(await ask('a.sqlite')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/without a token of scope "admin"|scope "read"/),
    });
    expect(await ask('a.sqlite', '--token-file', 'reader')).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/no scope "admin"/),
    });
    const good = await ask('a.sqlite', '--token-file', 'admin', '--json');
    expect(good, good.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(good.stdout)).toMatchObject({ file: join(cwd, 'a.sqlite'), findings: [] });
    expect(await ask('a.sqlite', '--token-file', 'admin')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/it is there already; --force/),
    });
    const both = await Promise.all(['b.sqlite', 'c.sqlite'].map((file) => ask(file, '--token-file', 'admin')));
    for (const { code, stderr } of both) if (code !== 0) expect(stderr).toMatch(/another one is being made/);
    expect(both.some(({ code }) => code === 0)).toBe(true);
    const wrong = await runVigie(['backup', 'd', '--server', server.url, '--data-dir', '.vigie'], cwd);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/want one of them/) });
    const doctor = await runVigie(['doctor'], cwd);
    expect(doctor.stdout).toMatch(/^ok {4}port {6}.*Vigie is running there$/m);
    expect(doctor.code, doctor.stdout).toBe(0);
    expect(readdirSync(join(cwd, 'data')).filter((name) => /snapshot|part/.test(name))).toEqual([]);
  } finally {
    await server.kill();
  }
  const damaged = await runVigie(['doctor', '--config', 'none.yaml'], cwd);
  expect(damaged).toMatchObject({
    code: 78,
    stdout: expect.stringMatching(/^fail {2}config .*cannot find configuration/m),
  });
});
