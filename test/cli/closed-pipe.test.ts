import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateAnswer, GateDecision } from '../../server/model/slo.ts';
import { projectRoot } from '../support/project.ts';

/** `vigie gate | true && deploy` must not deploy what the gate refuses: whoever reads it leaves before its first word. */
let decision: GateDecision;
let read: () => Promise<unknown>;
const server = createServer(async (_request, response) => {
  await read();
  const answer: GateAnswer = {
    ...{ decision, time: 0, sentence: 'A sentence.', reasons: [] },
    slos: Array.from({ length: 1000 }, (_, i) => ({ id: `slo-${i}`, state: 'ok', decision })),
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
});

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

describe('into a pipe that nobody reads', () => {
  const exits = (decided: GateDecision, flags: readonly string[], want: number) =>
    test(`gate ${[...flags, decided].join(' ')} exits ${want}`, async () => {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const program = join(projectRoot, 'server', 'cli', 'vigie.mjs');
      const child = spawn(process.execPath, [program, 'gate', '--server', address, ...flags], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      decision = decided;
      read = () => {
        child.stdout.destroy();
        return once(child.stdout, 'close');
      };
      expect(await once(child, 'exit')).toEqual([want, null]);
    });
  exits('no_go', [], 3);
  exits('no_go', ['--json'], 3);
  exits('unknown', [], 4);
  exits('go', [], 0);
});
