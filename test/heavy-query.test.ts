import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELLO_PATH } from '../server/model/ingest.ts';
import { startVigie, type VigieProcess } from './support/vigie-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-heavy-'));
let vigie: VigieProcess;

beforeAll(async () => {
  writeFileSync(
    join(folder, 'vigie.yaml'),
    `data_dir: data
listen: 127.0.0.1:0
query: {timeout: 10m, max_samples: 1000000000000, max_concurrent: 1, max_queued: 1}
`,
  );
  vigie = await startVigie(['serve'], folder);
});

afterAll(async () => {
  await vigie.stop();
  rmSync(folder, { recursive: true });
});

/** A thousand million evaluations, many minutes of work: 11,000 steps of a subquery with 86,400. */
const HEAVY = new URLSearchParams({
  query: 'sum_over_time(vector(time())[1d:1s])',
  start: '0',
  end: String(10_999 * 86_400),
  step: '1d',
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${vigie.url}${path}`, init);

/** What a query is answered that waits for its turn so long and no longer. */
async function impatient(): Promise<unknown> {
  return (await ask('/api/v1/query?query=1&timeout=500ms')).json();
}

test('while a heavy query runs everything else is answered; when its client goes it ends, and the next one has its turn', async () => {
  const client = new AbortController();
  const heavy = ask('/api/v1/query_range', { method: 'POST', body: HEAVY, signal: client.signal }).catch(() => 'gone');
  await expect.poll(impatient).toMatchObject({ error: expect.stringContaining('its turn did not come in time') });
  // Of two more one waits, and the other is told so.
  const two = [0, 1].map(async (turn) => ({ turn, answer: await ask('/api/v1/query?query=40%2B2') }));
  const { turn, answer: refusal } = await Promise.race(two);
  expect(await refusal.json()).toMatchObject({
    errorType: 'unavailable',
    error: 'cannot answer query: 1 others are being answered and 1 wait; ask again later',
  });

  expect(await (await ask('/-/healthy')).text()).toBe('Vigie is healthy.\n');
  expect((await ask('/-/ready')).status).toBe(200);
  expect((await ask('/')).status).toBe(200);
  expect((await ask('/api/v1/labels')).status).toBe(200);
  const hello = { collector: 'c', sink: 's', epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] };
  const ingest = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(hello) };
  expect(await (await ask(HELLO_PATH, ingest)).json()).toMatchObject({ result: 'rewind' });

  client.abort();
  expect(await heavy).toBe('gone');
  const waited = await two[1 - turn];
  expect(await waited?.answer.json()).toMatchObject({
    status: 'success',
    data: { result: [expect.anything(), '42'] },
  });
});

test('a query ends at its own timeout, and gives its turn back', async () => {
  const answer = await ask('/api/v1/query_range?timeout=300ms', { method: 'POST', body: HEAVY });
  expect([answer.status, await answer.json()]).toMatchObject([503, { errorType: 'timeout' }]);
  await expect.poll(impatient).toMatchObject({ status: 'success' });
});
