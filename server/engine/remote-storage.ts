import { randomInt } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { type ReadQuery, readReadRequest } from '../remote-storage/read-request.ts';
import { encodeReadResponse, ReadResult } from '../remote-storage/read-response.ts';
import { RemoteWriteReceiver } from '../remote-storage/remote-write.ts';
import { compressBlock } from '../remote-storage/snappy-block.ts';
import { refusalOf } from '../remote-storage/write-answer.ts';
import type { Intake } from '../store/intake/intake.ts';
import type { Store } from '../store/store.ts';

type Commit = <Answer>(now: Ms, work: (intake: Intake) => Answer) => Promise<Answer>;

/** Of one answer. */
const MAX_READ_SAMPLES = 2_000_000;
/** Read in one turn of the thread: a few milliseconds, so that batches and questions go on between them. */
const SAMPLES_PER_TURN = 20_000;

/** Prometheus' remote storage over the store: what it writes and what it reads back. */
export function remoteStorage(commit: Commit, store: Store): Pick<Engine, 'remoteWrite' | 'remoteRead'> {
  const receiver = new RemoteWriteReceiver(randomInt(2 ** 32), store.stats().seriesLimit);
  return {
    remoteWrite: async (body, sender, now) => {
      const request = receiver.read(body, sender);
      const refusal = refusalOf(request, await commit(now, (intake) => intake.takeSamples(request.write)));
      if (refusal !== undefined) throw refusal;
    },
    remoteRead: async (body) => {
      const budget = { left: MAX_READ_SAMPLES };
      const results: ReadResult[] = [];
      for (const query of readReadRequest(body)) results.push(await readSamples(store, query, budget));
      return compressBlock(encodeReadResponse(results));
    },
  };
}

async function readSamples(store: Store, query: ReadQuery, budget: { left: number }): Promise<ReadResult> {
  const result = new ReadResult();
  const range = { start: ms(Math.max(0, query.start)), end: query.end };
  let nextTurn = budget.left - SAMPLES_PER_TURN;
  for (const id of store.view.select(query.selector.map(compileMatcher))) {
    // It may have gone in a turn of others.
    if (!store.index.has(id) || !store.view.isPresent(id, range.start, range.end)) continue;
    const samples = store.view.samples(id, range);
    budget.left -= samples.length;
    if (budget.left < 0) {
      const text = `cannot answer remote read: got more than ${MAX_READ_SAMPLES} samples; want a shorter time or fewer series`;
      throw new VigieError('too_large', text);
    }
    if (samples.length > 0) result.add(store.view.series(id), samples);
    if (budget.left > nextTurn) continue;
    nextTurn = budget.left - SAMPLES_PER_TURN;
    await turn();
  }
  return result;
}
