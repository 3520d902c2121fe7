import { randomInt } from 'node:crypto';
import type { Engine } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';
import { RemoteWriteReceiver } from '../remote-storage/remote-write.ts';
import { refusalOf } from '../remote-storage/write-answer.ts';
import type { Intake } from '../store/intake.ts';
import type { Store } from '../store/store.ts';

type Commit = <Answer>(now: Ms, work: (intake: Intake) => Answer) => Promise<Answer>;

/** Prometheus' remote storage over the store: what it writes. */
export function remoteStorage(commit: Commit, store: Store): Pick<Engine, 'remoteWrite'> {
  const receiver = new RemoteWriteReceiver(randomInt(2 ** 32), store.stats().seriesLimit);
  return {
    remoteWrite: async (body, sender, now) => {
      const request = receiver.read(body, sender);
      const refusal = refusalOf(request, await commit(now, (intake) => intake.takeSamples(request.write)));
      if (refusal !== undefined) throw refusal;
    },
  };
}
