import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateAnswer, GateDecision } from '../../server/model/slo.ts';
import { projectRoot } from '../support/project.ts';
import { runVigie } from '../support/vigie-process.ts';

/** `vigie gate | true && deploy` must not deploy what the gate refuses: whoever reads it leaves before its first word. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-pipe-'));
let answer: (response: ServerResponse) => void;
const server = createServer((_request, response) => answer(response));

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  // What is to be built is built now.
  await runVigie(['--version'], folder);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command whose reader leaves at once. Resolves with its exit code. */
async function unread(...words: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [join(projectRoot, 'server', 'cli', 'vigie.mjs'), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.destroy();
  const [code] = await once(child, 'exit');
  return code;
}

const address = () => ['--server', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];

describe('into a pipe that nobody reads', () => {
  const decides = (decision: GateDecision, flags: readonly string[], want: number) =>
    test(`gate ${[...flags, decision].join(' ')} exits ${want}`, async () => {
      const slos = Array.from({ length: 1000 }, (_, i) => ({ id: `slo-${i}`, state: 'ok', decision }) as const);
      const body: GateAnswer = { decision, time: 0, sentence: 'A sentence.', reasons: [], slos };
      answer = (response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      expect(await unread('gate', ...flags, ...address())).toBe(want);
    });
  decides('no_go', [], 3);
  decides('no_go', ['--json'], 3);
  decides('unknown', [], 4);
  decides('go', [], 0);

  test('test rules still fails where a test does, after those that nobody saw succeed', async () => {
    const file = (name: string, value: number): string => {
      const sample = `[{expr: vector(1), eval_time: 1m, exp_samples: [{labels: '{}', value: ${value}}]}]`;
      writeFileSync(join(folder, name), `tests: [{interval: 1m, promql_expr_test: ${sample}}]\n`);
      return name;
    };
    const files = [...Array.from({ length: 20 }, (_, i) => file(`good-${i}.yml`, 1)), file('bad.yml', 2)];
    expect(await unread('test', 'rules', ...files.slice(0, 1))).toBe(0);
    expect(await unread('test', 'rules', ...files)).toBe(1);
  });

  test('what follows a log ends', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = setInterval(() => response.write('id: 1\ndata: {"lines":[]}\n\nid: 2\ndata: {"lines":[]}\n\n'), 50);
      const line = { time: 0, seq: 1, labels: {}, text: 'word' };
      response.write(`id: 0\ndata: ${JSON.stringify({ lines: [line] })}\n\n`);
      response.on('close', () => clearInterval(send));
    };
    expect(await unread('logs', '--follow', ...address())).toBe(0);
  });
});
