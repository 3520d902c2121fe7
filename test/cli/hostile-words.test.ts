import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firingAlert } from '../support/alerts.ts';
import { runVigie } from '../support/vigie-process.ts';
import { sloDetail, sloStatus } from '../web/statuses.ts';

/** A server, and those it hears of, may say anything: it reaches the terminal as letters, never as a command. */
const HOSTILE = 'web\u001b[2J\u009b31m\u202e\u0007';
const folder = mkdtempSync(join(tmpdir(), 'vigie-words-'));
const alert = { ...firingAlert(), id: HOSTILE, title: HOSTILE };
const timeline = [{ time: 0, kind: HOSTILE, tier: HOSTILE }];
const changes = [{ slo: 'y', time: 0, what: [{ key: HOSTILE, from: HOSTILE, to: HOSTILE }] }];
const answers: Readonly<Record<string, unknown>> = {
  '/api/vigie/status': { origins: [{ origin: `${HOSTILE}/a\nb`, collector: HOSTILE, source: 'a', drops: {} }] },
  '/api/v1/query': { data: { resultType: 'vector', result: [] }, warnings: [`${HOSTILE}\nb`], infos: [HOSTILE] },
  '/api/vigie/alerts': {
    current: [alert],
    history: [],
    receivers: [{ name: HOSTILE, waiting: 1, last_error: HOSTILE }],
  },
  '/api/vigie/alerts/x': { alert: { ...alert, timeline, silenced_by: [HOSTILE] }, text: [HOSTILE], notifications: [] },
  '/api/vigie/slos/y': { ...sloDetail(sloStatus()), changes },
};
const server = createServer(({ url = '' }, response) => {
  const answer = answers[url.split('?')[0] ?? ''];
  const refusal = { error: { code: 'not_found', message: `cannot find ${HOSTILE}` } };
  response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer ?? refusal));
});

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // What is to be built is built now, and told now.
  await runVigie(['--version'], folder);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('no word of a server is a command to the terminal', () => {
  const says = (words: readonly string[], code: number, lines: number) =>
    test(words.join(' '), async () => {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ran = await runVigie([...words, '--server', address], folder);
      const said = ran.stdout + ran.stderr;
      expect(ran.code).toBe(code);
      expect(said).toContain('web\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{7}');
      expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(said.trimEnd().split('\n')).toHaveLength(lines);
    });
  says(['source', 'forget', 'typo'], 2, 1);
  says(['source', 'list'], 0, 2);
  says(['query', 'up'], 0, 3);
  says(['alert', 'list'], 0, 3);
  says(['alert', 'show', 'x'], 0, 6);
  says(['slo', 'show', 'x'], 2, 1);
  says(['slo', 'show', 'y'], 0, 13);
});

test('a path that cannot be looked at is a sentence, not a stack', async () => {
  symlinkSync('loop', join(folder, 'loop'));
  const { code, stderr } = await runVigie(['report', 'loop'], folder);
  expect(stderr).toMatch(/^vigie: cannot [^\n]*loop[^\n]*\n$/);
  expect(code).toBe(2);
});
