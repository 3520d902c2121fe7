import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ask } from '../support/prometheus-process.ts';
import { seededOfRun } from '../support/random.ts';
import { WRITE_HEADERS } from '../support/remote-storage-server.ts';
import { startVigie, type VigieProcess } from '../support/vigie-process.ts';
import { sortedLabels, writeBody } from '../support/write-request.ts';

/** The real program, killed while four senders write. Built by `npx tsc -b`. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-remote-write-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const LANES = 4;
const KILLS = process.env.VIGIE_LONG === '1' ? 20 : 3;

test('what was answered 204 is there after a kill, once, and what was not is sent again', async () => {
  writeFileSync(join(folder, 'vigie.yaml'), 'data_dir: data\n');
  const { random } = seededOfRun('remote write killed');
  const begin = Date.now() - 3_600_000;
  /** By lane: requests answered. */
  const acknowledged = new Array<number>(LANES).fill(0);
  const bodyOf = (lane: number, number: number) =>
    writeBody([
      {
        labels: sortedLabels('lane_total', { job: 'j', lane: String(lane) }),
        samples: [[begin + number * 1000, number + 1]],
      },
      {
        labels: sortedLabels('other', { job: 'j', lane: String(lane), number: String(number % 50) }),
        samples: [[begin + number * 1000, number]],
      },
    ]);
  let vigie: VigieProcess | undefined;
  for (let kill = 0; kill <= KILLS; kill++) {
    vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], folder);
    const { url } = vigie;
    const counts = await ask(url, 'count_over_time(lane_total[2h])', Date.now());
    const held = new Map(
      counts.resultType === 'vector' ? counts.result.map(({ metric, value }) => [metric.lane, Number(value[1])]) : [],
    );
    // The one under way at the kill may have been committed.
    for (const [lane, count] of acknowledged.entries())
      expect([count, count + 1]).toContain(held.get(String(lane)) ?? 0);
    if (kill === KILLS) break;
    const until = 20 + random.below(120);
    const dying = new AbortController();
    const sending = acknowledged.map(async (_, lane) => {
      while (!dying.signal.aborted) {
        const number = acknowledged[lane] ?? 0;
        const body = bodyOf(lane, number);
        const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', body, headers: WRITE_HEADERS }).catch(
          () => undefined,
        );
        if (answer === undefined) return;
        expect(answer.status).toBe(204);
        acknowledged[lane] = number + 1;
        if (lane === kill % LANES && number % until === until - 1) {
          dying.abort();
          await vigie?.kill();
        }
      }
    });
    await Promise.all(sending);
  }
  for (const [lane, count] of acknowledged.entries()) {
    const last = await ask(vigie?.url ?? '', `lane_total{lane="${lane}"} == ${count}`, begin + (count - 1) * 1000);
    expect(last.result).toHaveLength(1);
  }
  await vigie?.stop();
});
