import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../server/model/clock.ts';
import { HELLO_PATH } from '../server/model/ingest.ts';
import type { GateAnswer, SloDetail, SloStatus } from '../server/model/slo.ts';
import { countsOf } from './support/counting-run.ts';
import { apacheTime } from './support/log-maker.ts';
import { logPipeline, type PipelineOptions } from './support/log-pipeline.ts';
import { PATIENCE } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { projectRoot } from './support/project.ts';
import { runVigie, startVigie, type VigieProcess } from './support/vigie-process.ts';

/** The real program from its start to its end, as people and scripts meet it. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-life-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STOP_LIMIT_MS = 60_000;
const GOOD = 2000;
const BAD = 500;

function place(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'slos'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

/** Reads `<service>.log` of each service beside the configuration. */
function pipeline(cwd: string, services: readonly string[], options: PipelineOptions = {}): string {
  const logs = Object.fromEntries(services.map((service) => [service, join(cwd, `${service}.log`)]));
  return logPipeline(logs, { tags: ['service', 'status'], ...options });
}

/** Lines of the last two hours: `bad` of them failures, in between. */
function logOf(good: number, bad: number): string {
  const lines = good + bad;
  const start = systemClock.now() - 7_200_000;
  const isBad = (i: number): boolean => Math.floor(((i + 1) * bad) / lines) > Math.floor((i * bad) / lines);
  const line = (i: number): string =>
    `192.0.2.1 - - [${apacheTime(start + (i * 7_190_000) / lines)}] "GET /${i} HTTP/1.1" ${isBad(i) ? 500 : 200} 9 "-" "-"\n`;
  return Array.from({ length: lines }, (_, i) => line(i)).join('');
}

function availability(service: string): string {
  const total = `http_requests_total{service="${service}"}`;
  return `
  - id: ${service}-availability
    service: ${service}
    objective: 99%
    window: 30d
    availability: {total: '${total}', bad: '${total.replace('}', ',status=~"5.."}')}'}`;
}

async function listenAnywhere(): Promise<readonly string[]> {
  return ['--listen', '127.0.0.1:0'];
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0);
}

describe('the end', () => {
  const stopped = async (signal: NodeJS.Signals, process: string): Promise<void> => {
    const cwd = place(`${process}-${signal}`, {});
    writeFileSync(join(cwd, 'vigie.yaml'), pipeline(cwd, ['shop']));
    const vigie = await startVigie([process, ...(await listenAnywhere())], cwd);
    const response = await fetch(`${vigie.url}/api/vigie/stream`);
    const stream = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await stream.read()).value).toContain('retry:');
    const exited = once(vigie.child, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    vigie.child.kill(signal);
    await sleep(30);
    vigie.child.kill(signal);
    expect(await exited, vigie.output()).toEqual([0, null]);
    await expect(drained(stream)).resolves.toBe('closed');
    expect(vigie.output()).toContain(`Stopping (${signal})`);
    expect(vigie.output()).not.toContain('ERROR');
  };

  test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    '%s delivered twice stops cleanly while an event stream is open',
    async (signal) => {
      await stopped(signal, 'run');
      await stopped(signal, 'serve');
    },
  );

  test('after kill -9 the data directory holds every count', async () => {
    const cwd = place('killed', { 'shop.log': logOf(GOOD, BAD) });
    writeFileSync(join(cwd, 'vigie.yaml'), pipeline(cwd, ['shop']));
    const first = await startVigie(['run', ...(await listenAnywhere())], cwd);
    await vi.waitUntil(async () => total(await countsOf(first.url)) === GOOD + BAD, PATIENCE);
    await first.kill();
    // Nothing is left to read it from again.
    rmSync(join(cwd, 'shop.log'));
    const second = await startVigie(['run', ...(await listenAnywhere())], cwd);
    expect(Object.fromEntries(await countsOf(second.url))).toEqual({ 'shop 200': GOOD, 'shop 500': BAD });
    expect(await second.stop()).toBe(0);
  });
});

/** Reads what is left; a connection cut off is as closed as one that ended. */
async function drained(stream: ReadableStreamDefaultReader<string>): Promise<'closed'> {
  for (;;) {
    const part = await stream.read().catch(() => ({ done: true }));
    if (part.done) return 'closed';
  }
}

describe('the command line', () => {
  test.each([
    ...['', 'run', 'serve', 'collect', 'demo', 'check', 'gate', 'slo', 'slo list', 'slo show', 'slo keep', 'query'],
    ...['logs', 'report', 'graph', 'export page', 'alert', 'alert list', 'alert show', 'silence', 'silence add'],
    ...['silence list', 'silence expire', 'source', 'source list', 'source forget'],
  ])('%s --help starts with its examples', async (command) => {
    const words = command.split(' ').filter(Boolean);
    const { code, stdout } = await runVigie([...words, '--help'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Examples:\n  \\$ vigie ${words[0] ?? 'demo'}`));
    expect(stdout).toContain(`  $ vigie ${command}`);
    expect(stdout.match(/^Examples:$/gm)).toHaveLength(1);
  });

  test.each([
    ['gat', 'gate'],
    ['slo lst', 'list'],
    ['gate --serve', '--server'],
  ])('%s suggests %s', async (typed, meant) => {
    const { code, stderr } = await runVigie(typed.split(' '), folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`Did you mean ${meant}?`);
  });

  test('the shipped configuration is good', async () => {
    const cwd = place('shipped', {});
    copyFileSync(join(projectRoot, 'vigie.yaml'), join(cwd, 'vigie.yaml'));
    const { code, stderr } = await runVigie(['check'], cwd);
    expect(stderr).toContain('all good');
    expect(code).toBe(0);
  });
});

describe('the gate', () => {
  let vigie: VigieProcess;
  const gate = (...words: string[]) => runVigie(['gate', ...words, '--server', vigie.url], folder);

  beforeAll(async () => {
    const cwd = place('gate', { 'shop.log': logOf(GOOD, 1), 'api.log': logOf(GOOD, BAD) });
    writeFileSync(join(cwd, 'vigie.yaml'), pipeline(cwd, ['shop', 'api']));
    writeFileSync(join(cwd, 'slos', 'slos.yaml'), `slos:${['shop', 'api', 'quiet'].map(availability).join('')}\n`);
    vigie = await startVigie(['run', ...(await listenAnywhere())], cwd);
    const decided = async (): Promise<boolean> => {
      const response = await fetch(`${vigie.url}/api/vigie/gate?slos=shop-availability,api-availability`);
      const { slos } = (await response.json()) as GateAnswer;
      return slos.every(({ decision }) => decision !== 'unknown');
    };
    await vi.waitUntil(decided, PATIENCE);
  });

  afterAll(async () => {
    await vigie?.stop();
  });

  test.each([
    ['shop-availability', 0, /^GO /],
    ['api-availability', 3, /^NO-GO /],
    ['quiet-availability', 4, /^UNKNOWN /],
    ['shop-availability quiet-availability', 4, /^UNKNOWN /],
    ['', 3, /^NO-GO /],
  ])('gate %s: exit %d', async (slos, exit, said) => {
    const { code, stdout } = await gate(...slos.split(' ').filter(Boolean));
    expect(stdout).toMatch(said);
    expect(code).toBe(exit);
  });

  test('an unknown SLO is a mistake of the asker', async () => {
    const { code, stderr } = await gate('shop-availabilty');
    expect(stderr).toContain('shop-availability, api-availability, quiet-availability');
    expect(code).toBe(2);
  });

  test('nobody to ask is no permission', async () => {
    const server = `http://127.0.0.1:${await freePort()}`;
    const { code, stdout } = await runVigie(['gate', '--server', server], folder);
    expect(stdout).toContain('UNKNOWN  cannot reach');
    expect(code).toBe(4);
  });

  test.each(['foo', 'localhost:8420', 'ftp://127.0.0.1', ''])('no address: %j', async (server) => {
    const { code, stderr } = await runVigie(['gate', '--server', server], folder);
    expect(stderr).toContain('want an address such as "http://127.0.0.1:8420"');
    expect(code).toBe(2);
  });

  test.each([
    [200, 'text/html', '<h1>Welcome</h1>'],
    [200, 'application/json', '{}'],
    [200, 'application/json', '{"decision":"toString","slos":[]}'],
    [200, 'application/json', 'null'],
    [404, 'text/html', '<h1>Not here</h1>'],
    [404, 'application/json', '{"message":"not here"}'],
  ])('somebody else who answers is no permission: %d %s %s', async (status, type, body) => {
    const other = createServer((_, response) => response.writeHead(status, { 'content-type': type }).end(body));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const server = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    for (const flags of [[], ['--json']]) {
      const { code, stdout } = await runVigie(['gate', '--server', server, ...flags], folder);
      expect(stdout).toMatch(/unknown/i);
      expect(stdout).toContain('cannot use the answer');
      expect(code).toBe(4);
    }
    other.close();
  });

  test('it answers from the counts that are shown', async () => {
    const { stdout } = await runVigie(['slo', 'show', 'api-availability', '--json', '--server', vigie.url], folder);
    const { status } = JSON.parse(stdout) as SloDetail;
    expect(status.counts).toEqual({ total: GOOD + BAD, good: GOOD, bad: BAD });
  });
});

describe('tokens', () => {
  const tokens = { ingest: 'ingest-0123456789abcdef', read: 'read-0123456789abcdef', admin: 'admin-0123456789abcdef' };
  let cwd: string;
  let vigie: VigieProcess;
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const asked = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(vigie.url + path, init)).status;
  const command = (scope: string, ...words: string[]) =>
    runVigie([...words, '--server', vigie.url, '--token-file', `${scope}.token`], cwd);

  beforeAll(async () => {
    const lines = Object.entries(tokens).map(([scope, token]) => `${scope} ${token}\n`);
    cwd = place('tokens', { tokens: lines.join(''), 'wrong.token': 'wrong-0123456789abcdef\n' });
    for (const [scope, token] of Object.entries(tokens)) writeFileSync(join(cwd, `${scope}.token`), `${token}\n`);
    const more = { name: 'here', discover: { own_access_log: true } };
    writeFileSync(join(cwd, 'vigie.yaml'), pipeline(cwd, ['shop'], { discovered: ['own_access'], more }));
    vigie = await startVigie(['run', '--token-file', 'tokens', ...(await listenAnywhere())], cwd);
  });

  afterAll(async () => {
    await vigie?.stop();
  });

  test('every door wants its scope', async () => {
    expect(await asked('/api/vigie/slos')).toBe(401);
    expect(await asked('/api/vigie/slos', bearer('wrong-0123456789abcdef'))).toBe(401);
    expect(await asked('/api/vigie/slos', bearer(tokens.ingest))).toBe(403);
    expect(await asked('/api/vigie/slos', bearer(tokens.read))).toBe(200);
    expect(await asked(HELLO_PATH, { method: 'POST', ...bearer(tokens.read) })).toBe(403);
    expect(await asked(HELLO_PATH, { method: 'POST', ...bearer(tokens.ingest) })).toBe(400);
    expect(await asked('/api/vigie/slos/vigie-availability/keep', { method: 'POST', ...bearer(tokens.read) })).toBe(
      403,
    );
    expect(await asked('/-/healthy')).toBe(200);
  });

  test.each(['wrong', 'ingest'])('the gate is unknown to a token that may not ask: %s', async (scope) => {
    const { code, stdout } = await command(scope, 'gate');
    expect(stdout).toMatch(/^UNKNOWN /);
    expect(code).toBe(4);
  });

  test('a collector delivers with its token', async () => {
    const there = place('there', { 'api.log': logOf(GOOD, BAD), token: `${tokens.ingest}\n` });
    writeFileSync(join(there, 'vigie.yaml'), pipeline(there, ['api'], { more: { name: 'there' } }));
    const collector = await startVigie(['collect', '--server', vigie.url, '--token-file', 'token'], there);
    const query = 'sum(increase(http_requests_total{service="api"}[1d]))';
    const path = `/api/v1/query?${new URLSearchParams({ query })}`;
    const counted = async (): Promise<string> => (await fetch(vigie.url + path, bearer(tokens.read))).text();
    await expect.poll(counted).toContain(`"${GOOD + BAD}"`);
    expect((await command('read', 'query', query)).stdout).toContain(` ${GOOD + BAD}\n`);
    expect(await collector.stop()).toBe(0);
  });

  test('keeping a proposed SLO takes the admin, and writes its file', async () => {
    const proposed = async (): Promise<boolean | undefined> => {
      const slos = JSON.parse((await command('read', 'slo', 'list', '--json')).stdout) as SloStatus[];
      return slos.find(({ id }) => id === 'vigie-availability')?.proposed;
    };
    const file = join(cwd, 'slos', 'vigie-availability.yaml');
    // A service is proposed an SLO when an evaluation first hears of its source.
    await expect.poll(proposed).toBe(true);
    expect((await command('read', 'slo', 'keep', 'vigie-availability')).code).toBe(4);
    expect(existsSync(file)).toBe(false);
    expect(await command('admin', 'slo', 'keep', 'vigie-availability')).toMatchObject({
      code: 0,
      stdout: `kept in ${file}\n`,
    });
    expect(await proposed()).toBe(false);
    expect((await runVigie(['check'], cwd)).code).toBe(0);
    expect((await command('admin', 'slo', 'keep', 'vigie-availability')).code).toBe(1);
    expect((await command('read', 'slo', 'reload')).code).toBe(4);
    expect((await command('admin', 'slo', 'reload')).stdout).toMatch(/^in force: 1 of files, \d proposed\n$/);
    writeFileSync(file, readFileSync(file, 'utf8').replace('99.9%', '99.5%'));
    writeFileSync(join(cwd, 'rules.yml'), "groups: [{name: g, rules: [{record: one, expr: '1'}]}]\n");
    const config = join(cwd, 'vigie.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('{', '{"rule_files": ["rules.yml"],'));
    const reloaded = await command('admin', 'slo', 'reload');
    expect(reloaded.stdout).toMatch(
      /^in force: 1 of files, \d proposed; computed anew: vigie-availability\ngroups of rules: 1\n$/,
    );
    const shown = await command('read', 'slo', 'show', 'vigie-availability');
    expect(shown.stdout).toMatch(/^Recomputed on \S+Z: objective 99\.9% -> 99\.5%\.\nAll figures/m);
  });
});
