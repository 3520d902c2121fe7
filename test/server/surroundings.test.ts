import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../server/main/config.ts';
import { checkClock, checkMachine, checkPlace } from '../../server/main/surroundings.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { logPipeline } from '../support/log-pipeline.ts';

const NOW = ms(Date.UTC(2026, 5, 1));

function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-surroundings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Listens on a port of its own and answers everything with `text`. */
async function neighbour(text: string): Promise<string> {
  const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function statesOf(folder: string, more: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const file = join(folder, 'vigie.yaml');
  writeFileSync(file, logPipeline({ shop: join(folder, 'log', '*.log') }, { tags: ['service', 'status'], more }));
  const checks = await checkPlace(loadConfig(file, {}));
  return Object.fromEntries(checks.map(({ name, state, says }) => [name, `${state}: ${says}`]));
}

test('the clock is judged by what is stored', () => {
  const state = (now: number, newest?: number) => checkClock(ms(now), newest).state;
  expect(state(NOW)).toBe('ok');
  expect(state(NOW, NOW + DAY)).toBe('ok');
  expect(state(NOW, NOW + DAY + 1)).toBe('warn');
  expect(state(0)).toBe('fail');
  expect(state(Date.UTC(2026, 0, 1) - 1)).toBe('fail');
  expect(state(Date.UTC(2026, 0, 1))).toBe('ok');
});

test('this machine can run it', () => {
  expect(checkMachine().map(({ name, state }) => `${name} ${state}`)).toEqual([
    'node ok',
    expect.stringMatching(/^pictures/),
  ]);
});

test('a port that is free, that Vigie has, and that somebody else has', async () => {
  const folder = tempDir();
  expect((await statesOf(folder, { listen: '127.0.0.1:0' })).port).toMatch(/^ok: .* is free$/);
  expect((await statesOf(folder, { listen: await neighbour('Vigie is healthy.\n') })).port).toMatch(
    /^ok: .*running there$/,
  );
  expect((await statesOf(folder, { listen: await neighbour('It works!') })).port).toMatch(
    /^fail: .*the port is in use/,
  );
});

test('a data directory that is made later, that is there, and that cannot be', async () => {
  const folder = tempDir();
  const listen = '127.0.0.1:0';
  const later = await statesOf(folder, { listen, data_dir: 'a/b' });
  expect(later.data_dir).toMatch(/^ok: .*\/a\/b, made by the first start$/);
  expect(later.space).toBeUndefined();
  mkdirSync(join(folder, 'data'));
  const there = await statesOf(folder, { listen, data_dir: 'data' });
  expect(there.data_dir).toBe(`ok: ${join(folder, 'data')}`);
  expect(there.space).toMatch(/^(ok|warn): the store takes 0 MiB, at most \d+ MiB; \d+ MiB are free$/);
  writeFileSync(join(folder, 'file'), '');
  expect((await statesOf(folder, { listen, data_dir: 'file/data' })).data_dir).toMatch(
    /^fail: .*\/file is no directory$/,
  );
});

test('logs that can be read, and one that cannot', async () => {
  const folder = tempDir();
  const listen = '127.0.0.1:0';
  mkdirSync(join(folder, 'log'));
  writeFileSync(join(folder, 'log', 'a.log'), '');
  expect((await statesOf(folder, { listen })).logs).toBe('ok: 1 followed, each can be read');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'log', 'b.log'));
  expect((await statesOf(folder, { listen })).logs).toMatch(/^warn: cannot read .*b\.log: /);
});
