import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queriedNumber } from '../support/instant-query.ts';
import { writeLogPipeline } from '../support/log-pipeline.ts';
import { startVigie, stopWithin } from '../support/vigie-process.ts';

/** A request to a server that hangs would last half a minute. */
const STOP_LIMIT_MS = 25_000;
const LINES = 100;
const folder = mkdtempSync(join(tmpdir(), 'vigie-hanging-'));
let hanging: Server;

beforeEach(async () => {
  hanging = createServer(() => {}).listen(0, '127.0.0.1');
  await once(hanging, 'listening');
});

afterEach(() => {
  hanging.closeAllConnections();
  hanging.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a server that takes requests and never answers holds up neither start nor stop, and nothing is lost', async () => {
  const { port } = hanging.address() as AddressInfo;
  const log = join(folder, 'access.log');
  const cwd = writeLogPipeline(folder, log);
  const line = '192.0.2.1 - - [17/May/2025:10:05:03 +0000] "GET / HTTP/1.1" 200 10 "-" "-"\n';
  writeFileSync(log, line.repeat(LINES));
  const url = `http://127.0.0.1:${port}`;
  expect(await stopWithin(await startVigie(['collect', '--server', url], cwd), STOP_LIMIT_MS)).toBe(0);
  const server = await startVigie(['serve', '--data-dir', 'server', '--listen', '127.0.0.1:0'], cwd);
  const collector = await startVigie(['collect', '--server', server.url], cwd);
  try {
    const count = () => queriedNumber(server.url, 'sum(increase(http_requests_total[1d]))', '2025-05-18T00:00:00Z');
    await expect.poll(count).toBe(LINES);
  } finally {
    await collector.stop();
    await server.stop();
  }
});
