import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { WebLogReport, WebLogService } from '../../server/model/web-log.ts';
import { freePort } from '../support/ports.ts';
import { seeded } from '../support/random.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';
import { figuresOf, type LoggedRequest, lineOf, randomRequests, recount } from './requests.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-web-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const requests = randomRequests(seeded(21), 20_000, Date.UTC(2015, 4, 17), 4);

/** A pipeline that counts one log for the report; the transform as in vigie.yaml, days in UTC. */
function writeConfig(name: string, more: Record<string, unknown> = {}): string {
  const cwd = join(folder, name);
  mkdirSync(join(cwd, 'log'), { recursive: true });
  const config = {
    data_dir: 'data',
    discover: { access_logs: false, own_access_log: false },
    sources: { shop: { type: 'file', include: [join(cwd, 'log', '*.log')], service: 'shop' } },
    transforms: {
      access: { type: 'parse', inputs: ['shop'], format: 'access_log' },
      web_log: { type: 'web_log', inputs: ['access'], timezone: 'UTC' },
    },
    sinks: { vigie: { type: 'vigie', inputs: ['web_log'] } },
    ...more,
  };
  writeFileSync(join(cwd, 'vigie.yaml'), JSON.stringify(config));
  return cwd;
}

async function ask<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}/api/vigie/web-log${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

async function equalsRecount(url: string): Promise<void> {
  const total = async (): Promise<number> => (await ask<WebLogReport>(url, '')).total.requests;
  await expect.poll(total).toBe(requests.length);
  expect(figuresOf(await ask<WebLogReport>(url, '?limit=10000&service=shop'))).toEqual(recount(requests));
}

const text = (some: readonly LoggedRequest[]): string => some.map((one) => `${lineOf(one)}\n`).join('');

test('vigie run, killed again and again while the log is written, reports every request once', async () => {
  const cwd = writeConfig('run');
  const listen = `127.0.0.1:${await freePort()}`;
  let vigie = await startVigie(['run', '--listen', listen], cwd);
  for (let part = 0; part < 4; part++) {
    await appendFile(join(cwd, 'log', 'access.log'), text(requests.slice(part * 5000, (part + 1) * 5000)));
    await sleep(150 * part);
    if (part === 3) break;
    await vigie.kill();
    vigie = await startVigie(['run', '--listen', listen], cwd);
  }
  await equalsRecount(vigie.url);
  await vigie.stop();
  vigie = await startVigie(['run', '--listen', listen], cwd);
  await equalsRecount(vigie.url);
  const { services } = await ask<{ services: WebLogService[] }>(vigie.url, '/services');
  expect(services).toMatchObject([{ service: 'shop', first_day: '2015-05-17', last_day: '2015-05-20', days: 4 }]);
  await vigie.stop();
});

test('two collectors and one server report the lines of both', async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const running: VigieProcess[] = [await startVigie(['serve', '--listen', listen], writeConfig('server'))];
  for (const turn of [0, 1]) {
    const cwd = writeConfig(`machine-${turn}`, { name: `machine-${turn}` });
    writeFileSync(join(cwd, 'log', 'access.log'), text(requests.filter((_, i) => i % 2 === turn)));
    running.push(await startVigie(['collect', '--server', `http://${listen}`], cwd));
  }
  await equalsRecount(running[0]!.url);
  for (const vigie of running.toReversed()) await vigie.stop();
});

test('the API refuses what it cannot mean, and gives the report in every format', async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const cwd = writeConfig('formats');
  writeFileSync(join(cwd, 'log', 'access.log'), text(requests.slice(0, 200)));
  const vigie = await startVigie(['run', '--listen', listen], cwd);
  const total = async (): Promise<number> => (await ask<WebLogReport>(vigie.url, '')).total.requests;
  await expect.poll(total).toBe(200);
  const types = { html: 'text/html', txt: 'text/plain', csv: 'text/csv', json: 'application/json' };
  for (const [format, type] of Object.entries(types)) {
    const response = await fetch(`${vigie.url}/api/vigie/web-log/report.${format}?lang=fr&limit=5`);
    expect(response.headers.get('content-type')).toContain(type);
    expect((await response.text()).length).toBeGreaterThan(1000);
  }
  const page = await fetch(`${vigie.url}/api/vigie/web-log/report.html`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const wrong = ['from=2015-02-30', 'to=x', 'from=2015-05-18&to=2015-05-17', 'limit=0', 'limit=1.5', 'limit=99999999'];
  for (const query of wrong) {
    const response = await fetch(`${vigie.url}/api/vigie/web-log?${query}`);
    expect(response.status, query).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } });
  }
  expect((await fetch(`${vigie.url}/api/vigie/web-log/report.html?lang=de`)).status).toBe(400);
  expect((await ask<WebLogReport>(vigie.url, '?vhost=')).total.requests).toBe(
    requests.slice(0, 200).filter(({ vhost }) => vhost === '').length,
  );
  await vigie.stop();
});
