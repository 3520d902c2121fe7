import type { Log } from '../server/runtime/log.ts';
import type { Ledger } from './delivery/commit.ts';
import type { Queue } from './delivery/queue.ts';
import { planRewind, type Rewind } from './delivery/rewind.ts';
import { inheritances } from './delivery/take-over.ts';
import type { SourceRunner } from './source-runner.ts';

export interface StandingOptions {
  /** Ids of all sources of the configuration. */
  readonly configured: ReadonlySet<string>;
  readonly runners: readonly SourceRunner[];
  readonly ledger: Ledger;
  readonly log: Log;
}

/** Where sources stand when it is not by what they read: after a new name, and after a server that does not agree. None that can read again may run. */
export class Standing {
  readonly #options: StandingOptions;
  readonly #replayers: readonly SourceRunner[];

  constructor(options: StandingOptions) {
    this.#options = options;
    this.#replayers = options.runners.filter((runner) => runner.replayable && runner.feedsQueue);
  }

  /** Sources that were given another id go on where they stood under the old one. */
  inherit(): void {
    const { configured, ledger, log } = this.#options;
    const left = new Map([...ledger.sources()].filter(([id]) => !configured.has(id)));
    const moved = inheritances(left, this.#replayers);
    ledger.inherit(moved);
    for (const pair of new Set(moved.map(({ heir, from }) => `${heir} ${from}`))) {
      const [source, from] = pair.split(' ');
      log.info('A source goes on where another one stopped.', { source, from });
    }
  }

  /** Takes up what the server holds; see `planRewind`. */
  takeUp(answer: Rewind, queue: Queue): void {
    const { configured, ledger, log } = this.#options;
    const { epoch } = answer;
    const entries = queue.entries();
    const plan = planRewind({ answer, state: queue.state, entries, configured, replayers: this.#replayers });
    ledger.rewind(epoch, plan);
    log.info('Took up what the server holds.', { epoch, sources: plan.positions.size, batches: plan.keep.size });
  }
}
