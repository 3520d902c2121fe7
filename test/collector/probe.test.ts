import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricBatch } from '../../collector/batch.ts';
import { addressGuard } from '../../collector/sources/probe/address-guard.ts';
import { createProbeSource } from '../../collector/sources/probe.ts';
import { probeSchema } from '../../collector/sources/probe-options.ts';
import { seriesKey } from '../../server/model/labels.ts';
import { CommittedOutput, sourceContext, testSource, until } from '../conformance/source.ts';
import { freePort } from '../support/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-probe-'));
const [KEY, CERT] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
const DAYS = 3;
/** A whole multiple of the interval: one tick, and then a long wait. */
const NOW = 1_800_000_000_000;
const stops: (() => void)[] = [];
let asked: string[] = [];

function certify(): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', KEY];
  const made = spawnSync('openssl', ['req', '-x509', ...key, '-out', CERT, '-days', String(DAYS), ...subject]);
  if (made.status !== 0) throw new Error(String(made.stderr));
}

async function listening(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const port = { web: 0, tls: 0, tcp: 0, mute: 0, dns: 0, closed: 0 };

beforeAll(async () => {
  certify();
  const web = createServer((request, response) => {
    asked.push(request.url ?? '');
    const [, status = '200', to] = /^\/(\d+)(?:\/(.*))?$/.exec(request.url ?? '') ?? [];
    response.writeHead(Number(status), to === undefined ? {} : { location: decodeURIComponent(to) }).end('all is well');
  });
  port.web = await listening(web);
  port.tls = await listening(
    createTlsServer({ key: readFileSync(KEY), cert: readFileSync(CERT) }, (_, response) => response.end('ok')),
  );
  port.tcp = await listening(createTcpServer((socket) => socket.on('error', () => {})));
  port.mute = port.tcp;
  port.closed = await freePort();
  port.dns = await nameServer();
});

afterAll(() => {
  for (const stop of stops) stop();
  rmSync(folder, { recursive: true });
});

/** Answers every question for `known.example` with 192.0.2.7, others with no such name (RFC 1035). */
async function nameServer(): Promise<number> {
  const server = createSocket('udp4');
  server.on('message', (question, from) => {
    const isKnown = question.includes('known');
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
    const end = question.indexOf(0, 12) + 5;
    const head = Buffer.from(question.subarray(0, end));
    head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(isKnown ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    server.send(isKnown ? Buffer.concat([head, answer]) : head, from.port, from.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => server.close());
  return server.address().port;
}

async function probed(target: object, options: object = {}): Promise<Readonly<Record<string, number>>> {
  const parsed = probeSchema.parse({
    type: 'probe',
    interval: '1h',
    timeout: '30s',
    allow: ['127.0.0.0/8'],
    ...options,
    targets: [{ name: 't', ...target }],
  });
  const committed = new CommittedOutput();
  const { output, kill } = committed.connect();
  const running = createProbeSource(
    // As they come to the thread of the collector.
    structuredClone(parsed),
    sourceContext('probe', () => NOW),
  ).run(output);
  await until(() => committed.batches.length > 0);
  kill();
  await running;
  return valuesOf(committed.batches[0]?.batch as MetricBatch);
}

/** Samples and increments, by series; labels that are the same for all left out. */
function valuesOf({ series, samples, increments }: MetricBatch): Readonly<Record<string, number>> {
  const keys = series.map(({ name, labels: { target: _, instance: __, check: ___, ...labels } }) =>
    seriesKey(name, labels),
  );
  const rows = [
    ...samples.series.map((s, i) => [s, samples.value[i]]),
    ...increments.series.map((s, i) => [s, increments.sum[i]]),
  ];
  return Object.fromEntries(rows.map(([s, value]) => [keys[Number(s)], Number(value)]));
}

const GOOD = { probe_success: 1, 'probe_checks_total{result="success"}': 1 };
const bad = (reason: string) => ({ probe_success: 0, [`probe_checks_total{reason="${reason}",result="failure"}`]: 1 });
const url = (path: string) => `http://127.0.0.1:${port.web}${path}`;

describe('http', () => {
  const f = (name: string, target: () => object, want: object, options: object = {}) =>
    test(name, async () => expect(await probed({ check: 'http', ...target() }, options)).toMatchObject(want));
  f('200', () => ({ url: url('/') }), { ...GOOD, probe_http_status_code: 200 });
  f('204 is one of 2xx', () => ({ url: url('/204') }), GOOD);
  f('404 is not', () => ({ url: url('/404') }), { ...bad('status'), probe_http_status_code: 404 });
  f('404 when it is wanted', () => ({ url: url('/404'), status: ['200', '404'] }), GOOD);
  f('the text', () => ({ url: url('/'), body: 'is well' }), GOOD);
  f('another text', () => ({ url: url('/'), body: 'is ill' }), bad('body'));
  f('a redirect', () => ({ url: url(`/301/${encodeURIComponent('/204')}`) }), { ...GOOD, probe_http_status_code: 204 });
  f('a redirect that is wanted', () => ({ url: url('/302/x'), status: ['3xx'] }), {
    ...GOOD,
    probe_http_status_code: 302,
  });
  f('redirects without end', () => ({ url: url('/302/%2F302%2F%252F'), redirects: 1 }), bad('redirect'));
  f('a redirect to a file', () => ({ url: url('/302/file%3A%2F%2F%2Fetc%2Fpasswd') }), bad('redirect'));
  f('nobody there', () => ({ url: `http://127.0.0.1:${port.closed}/` }), bad('refused'));
  f('no answer', () => ({ url: `http://127.0.0.1:${port.mute}/` }), bad('timeout'), { timeout: '1s' });
});

describe('what only this machine reaches', () => {
  test('is refused, and not connected to', async () => {
    asked = [];
    expect(await probed({ check: 'http', url: url('/') }, { allow: [] })).toMatchObject(bad('forbidden'));
    expect(await probed({ check: 'http', url: `http://localhost:${port.web}/` }, { allow: [] })).toMatchObject(
      bad('forbidden'),
    );
    expect(asked).toEqual([]);
  });
  test('is refused of a redirect', async () => {
    const to = encodeURIComponent(`http://127.0.0.2:${port.web}/`);
    expect(await probed({ check: 'http', url: url(`/302/${to}`) }, { allow: ['127.0.0.1'] })).toMatchObject(
      bad('forbidden'),
    );
  });
  test('is refused of a name server', async () => {
    const target = { check: 'dns', query: 'known.example', server: `127.0.0.1:${port.dns}` };
    expect(await probed(target, { allow: [] })).toMatchObject(bad('forbidden'));
  });
  const guard = addressGuard([{ address: '10.1.0.0', prefix: 16, family: 'ipv4' }]);
  const f = (address: string, isOpen: boolean) =>
    test(`${address} is ${isOpen ? 'open' : 'closed'}`, () =>
      isOpen ? guard.check(address) : expect(() => guard.check(address)).toThrow('not to be probed'));
  f('127.0.0.1', false);
  f('126.255.255.255', true);
  f('10.0.255.255', false);
  f('10.1.0.0', true);
  f('10.2.0.0', false);
  f('169.254.169.254', false);
  f('169.253.255.255', true);
  f('172.15.255.255', true);
  f('172.16.0.0', false);
  f('172.31.255.255', false);
  f('172.32.0.0', true);
  f('192.168.0.1', false);
  f('0.0.0.0', false);
  f('255.255.255.255', false);
  f('223.255.255.255', true);
  f('::1', false);
  f('::', false);
  f('::ffff:127.0.0.1', false);
  f('::ffff:7f00:1', false);
  f('::127.0.0.1', false);
  f('64:ff9b::7f00:1', false);
  f('fe80::1', false);
  f('fd00::1', false);
  f('2606:4700::1111', true);
});

describe('tls', () => {
  const expiry = async (target: object) => (await probed(target)).probe_ssl_earliest_cert_expiry ?? 0;
  const address = () => `localhost:${port.tls}`;
  test('with its authority', async () => {
    expect(await probed({ check: 'tls', address: address(), ca_file: CERT })).toMatchObject(GOOD);
  });
  test('without: it is not trusted, and tells when it runs out', async () => {
    expect(await probed({ check: 'tls', address: address() })).toMatchObject(bad('certificate'));
    const made =
      Date.parse(spawnSync('openssl', ['x509', '-in', CERT, '-noout', '-enddate']).stdout.toString().slice(9)) / 1000;
    expect(await expiry({ check: 'tls', address: address() })).toBe(made);
  });
  test('of another name', async () => {
    const target = { check: 'tls', address: address(), ca_file: CERT, server_name: 'shop.example.org' };
    expect(await probed(target)).toMatchObject(bad('certificate'));
  });
  test('under http', async () => {
    const target = { check: 'http', url: `https://${address()}/`, ca_file: CERT, body: 'ok' };
    expect(await probed(target)).toMatchObject({ ...GOOD, probe_ssl_earliest_cert_expiry: expect.any(Number) });
  });
  test('of a server that speaks none', async () => {
    expect(await probed({ check: 'tls', address: `127.0.0.1:${port.web}` })).toMatchObject({ probe_success: 0 });
  });
});

describe('tcp', () => {
  test('open', async () =>
    expect(await probed({ check: 'tcp', address: `127.0.0.1:${port.tcp}` })).toMatchObject(GOOD));
  test('closed', async () =>
    expect(await probed({ check: 'tcp', address: `127.0.0.1:${port.closed}` })).toMatchObject(bad('refused')));
});

describe('dns', () => {
  const f = (query: string, more: object, want: object) =>
    test(`${query} ${JSON.stringify(more)}`, async () =>
      expect(await probed({ check: 'dns', query, server: `127.0.0.1:${port.dns}`, ...more })).toMatchObject(want));
  f('known.example', {}, GOOD);
  f('known.example', { answer: '192.0.2.7' }, GOOD);
  f('known.example', { answer: '192.0.2.8' }, bad('answer'));
  f('other.example', {}, bad('name'));
});

describe('options that are refused', () => {
  const f = (name: string, options: object, want: string) =>
    test(name, () => {
      const parsed = probeSchema.safeParse({
        type: 'probe',
        targets: [{ check: 'tcp', name: 'a', address: 'b:1' }],
        ...options,
      });
      expect(parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join()).toContain(want);
    });
  f('no target', { targets: [] }, 'targets: want at least one target');
  f(
    'a name twice',
    { targets: ['a', 'a'].map((name) => ({ check: 'tcp', name, address: 'b:1' })) },
    'targets.1.name: the target "a"',
  );
  f('no port', { targets: [{ check: 'tcp', name: 'a', address: 'b' }] }, 'want an endpoint');
  f('a port too high', { targets: [{ check: 'tcp', name: 'a', address: 'b:65536' }] }, 'want an endpoint');
  f('a password', { targets: [{ check: 'http', name: 'a', url: 'http://a:b@c/' }] }, 'without user and password');
  f(
    'a server by name',
    { targets: [{ check: 'dns', name: 'a', query: 'b', server: 'c:53' }] },
    'want the address of the server',
  );
  f('no network', { allow: ['10.0.0.0/33'] }, 'want a network');
  f(
    'a timeout beyond the interval',
    { interval: '1s', timeout: '2s' },
    'timeout: want a timeout of the interval at most',
  );
});

test('targets are probed a bounded number at once', async () => {
  let [now, most] = [0, 0];
  const slow = await listening(
    createServer((_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end();
      }, 20);
    }),
  );
  const targets = Array.from({ length: 9 }, (_, i) => ({
    check: 'http',
    name: `t${i}`,
    url: `http://127.0.0.1:${slow}/`,
  }));
  const options = probeSchema.parse({
    type: 'probe',
    interval: '1h',
    allow: ['127.0.0.1'],
    max_concurrent: 3,
    targets,
  });
  const committed = new CommittedOutput();
  const { output, kill } = committed.connect();
  const running = createProbeSource(
    options,
    sourceContext('probe', () => NOW),
  ).run(output);
  await until(() => committed.batches.length > 0);
  kill();
  await running;
  expect(most).toBe(3);
  expect(committed.batches[0]?.batch).toMatchObject({ increments: { n: Array(9).fill(1) } });
});

testSource('probe', () => ({
  source: createProbeSource(
    probeSchema.parse({
      type: 'probe',
      interval: '1s',
      timeout: '1s',
      targets: [{ check: 'tcp', name: 'a', address: '127.0.0.1:9' }],
    }),
    // Always a moment before the next whole second: the source provokes itself.
    sourceContext('probe', () => 10_995),
  ),
  provoke: () => {},
  dispose: () => {},
}));
