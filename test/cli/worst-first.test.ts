import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlertsAnswer } from '../../server/model/alerts.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloGroups, SloStatus } from '../../server/model/slo.ts';
import { ms } from '../../server/model/units.ts';
import { firingAlert } from '../support/alerts.ts';
import { projectRoot } from '../support/project.ts';
import { NOW, sloStatus } from '../web/statuses.ts';

const SLOS: readonly SloStatus[] = [
  sloStatus({ id: 'fine' }),
  sloStatus({ id: 'ticket', state: 'burning', bad: 300 }),
  sloStatus({ id: 'spent', state: 'exhausted', bad: 1204 }),
  sloStatus({ id: 'page', state: 'burning', bad: 700 }),
];

/** A page that eased to a ticket before it ended. */
const eased = { ...firingAlert(), state: 'resolved', tier: 'ticket', worst_tier: 'page', resolved: 1 } as const;
const probeDown: RuleAlertStatus = {
  ...{ id: 'r1', rule: 'ProbeDown', group: 'probes', file: 'rules.yml', state: 'firing', tier: 'page', value: '0' },
  ...{ labels: { alertname: 'ProbeDown', service: 'shop' }, annotations: {}, since: 1, silenced_by: [] },
};
const ALERTS: AlertsAnswer = { time: 0, current: [], history: [eased], rules: [probeDown], receivers: [] };

/** Of one definition all groups are SLOs. */
const GROUPS: readonly SloGroups[] = [
  { slo: 'web', service: 'web', group_by: ['vhost'], groups: 50, max_groups: 50, left_out: 7 },
  { slo: 'mail', service: 'mail', group_by: ['domain'], groups: 3, max_groups: 50, left_out: 0 },
];

/** Heard five minutes ago, and a moment more. */
const ORIGINS: readonly Partial<OriginStatus>[] = [
  { origin: 'web-1/shop', state: 'ok', completeTo: ms(NOW - 300_000) },
  { origin: 'web-2/shop', state: 'ok', completeTo: ms(NOW - 300_001) },
  { origin: 'web-3/shop', state: 'unreadable', completeTo: ms(NOW - 300_001) },
];

function answerTo(path: string): unknown {
  if (path.startsWith('/api/vigie/alerts')) return ALERTS;
  return path.startsWith('/api/vigie/status') ? { origins: ORIGINS, time: NOW } : { slos: SLOS, groups: GROUPS };
}

/** A server that knows these SLOs, alerts and sources. */
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answerTo(request.url ?? '')));
});

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

async function vigie(...args: readonly string[]): Promise<string> {
  return (await output(...args)).stdout;
}

async function output(...args: readonly string[]) {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = join(projectRoot, 'server', 'cli', 'vigie.mjs');
  return promisify(execFile)(process.execPath, [program, ...args, '--server', address]);
}

test('slo list has the worst first, as a table and as JSON', async () => {
  const want = ['spent', 'page', 'ticket', 'fine'];
  const { stdout, stderr } = await output('slo', 'list');
  const rows = stdout.trimEnd().split('\n').slice(1);
  expect(stderr.trimEnd()).toBe('web: 7 of 57 groups by vhost are left out: max_groups is 50');
  expect(rows.map((row) => row.trim().split(/\s+/)[1])).toEqual(want);
  const slos = JSON.parse(await vigie('slo', 'list', '--json')) as readonly SloStatus[];
  expect(slos.map(({ id }) => id)).toEqual(want);
});

test('alert list --history tells the worst tier an alert had', async () => {
  const [, row] = (await vigie('alert', 'list', '--history')).split('\n');
  expect(row?.trim().split(/\s+/).slice(0, 2)).toEqual(['resolved', 'page']);
});

test('alert list tells alerts of rule files too', async () => {
  const [, row] = (await vigie('alert', 'list')).split('\n');
  expect(row?.trim().split(/\s+/).slice(0, 4)).toEqual(['firing', 'page', 'ProbeDown', 'shop']);
  expect(JSON.parse(await vigie('alert', 'list', '--json'))).toEqual([probeDown]);
});

test('source list calls silent what the pages call so', async () => {
  const [, ...rows] = (await vigie('source', 'list')).trimEnd().split('\n');
  expect(rows.map((row) => row.trim().split(/\s+/)[0])).toEqual(['ok', 'silent', 'unreadable']);
});
