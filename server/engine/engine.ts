import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import type { DataSourceConfig } from '../model/data-source.ts';
import type {
  CountRequest,
  Engine,
  RingConfig,
  Selector,
  SeriesSlots,
  SlotRequest,
  WindowCount,
} from '../model/engine.ts';
import { messageOf } from '../model/errors.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { instantQuery, type QueryLimits, rangeJson, rangeQuery } from '../promql/query.ts';
import type { Log } from '../runtime/log.ts';
import type { Intake } from '../store/intake/intake.ts';
import { Store } from '../store/store.ts';
import type { StoreOptions } from '../store/store-options.ts';
import { conversions } from './conversions.ts';
import { dataSourceQuestions, dataSourceRules, otherKinds } from './data-source-questions.ts';
import { groupCommits } from './group-commit.ts';
import { imports } from './imports.ts';
import { logQuestions } from './log-questions.ts';
import { QUERY_BOUNDS, type QueryBounds, QueryDesk } from './query-desk.ts';
import { recordedValues } from './recorded-values.ts';
import { remoteStorage } from './remote-storage.ts';
import { ringChoice, storeRings } from './ring-choice.ts';
import { seriesQuestions } from './series-questions.ts';
import { queryableOf } from './series-readers.ts';
import { watchQuestions } from './watch-questions.ts';
import { webLogQuestions } from './web-log-questions.ts';

export interface EngineOptions
  extends Pick<StoreOptions, 'dataDir' | 'maxSeries' | 'maxSeriesPerMetric' | 'logs' | 'webLog' | 'onPoint'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly queries?: QueryBounds;
  readonly rings?: RingConfig;
  readonly dataSources?: readonly DataSourceConfig[];
}

const FLUSH_INTERVAL_MS = 1000;
/** Pages written in one go: a few milliseconds of the thread. */
const FLUSH_BUDGET = 256;

/** Opens the store with PromQL over it. Throws what the store throws. Synchronous inside: it belongs in a thread of its own. */
export function openEngine({
  clock,
  log,
  queries = QUERY_BOUNDS,
  rings,
  dataSources = [],
  ...options
}: EngineOptions): Engine {
  const store = new Store({
    ...options,
    ...(rings !== undefined && storeRings(rings)),
    dataSources: dataSourceRules(dataSources),
    onDamage: (cause) => log.error('A page is damaged and left out.', { cause }),
    onClock: (sentence) => log.error('The clock of this machine made a large step.', { cause: sentence }),
  });
  for (const others of otherKinds(store.view, dataSources)) {
    log.warn('Series declared as data sources have data of another kind and go on with it.', { ...others });
  }
  const select = (selector: Selector): readonly number[] => store.view.select(selector.map(compileMatcher));
  let changes = 0;
  const commit = groupCommits<Intake>((now, work) => {
    changes++;
    return store.change(now, work);
  });
  const converting = conversions(store, clock, log, () => {
    changes++;
  });
  // At once, so that no watermark is told before the clock was looked at.
  flush(store, clock, log);
  const flushing = setInterval(() => {
    // It may take a future back that a wrong clock wrote.
    changes++;
    flush(store, clock, log);
    converting.wake();
  }, FLUSH_INTERVAL_MS);
  const queryable = queryableOf(store, () => changes);
  const desk = new QueryDesk(queries, clock);
  return {
    hello: async (hello, now) => store.hello(hello, now),
    ingest: (envelope, payload, now) => commit(now, (intake) => intake.take({ envelope, payload })),
    ...remoteStorage(commit, store),
    ...recordedValues(commit),
    ...imports(commit),
    queryInstant: (expr, time, timeout, signal) =>
      desk.answer((limits) => instantQuery(queryable, expr, time, limits), { timeout, signal }),
    queryRange: (expr, start, end, step, timeout, signal) =>
      desk.answer((limits) => rangeQuery(queryable, expr, start, end, step, limits), { timeout, signal }),
    queryRangeJson: async (question, limit, timeout, signal) => {
      const ask = (limits: QueryLimits) => rangeJson(queryable, question, limit, limits);
      return Buffer.concat((await desk.answer(ask, { timeout, signal })).map((part) => Buffer.from(part)));
    },
    count: async (groups) => groups.map((group) => countGroup(store, group, select)),
    ...watchQuestions(store, select, clock),
    buckets: async (requests) => requests.map((request) => store.view.buckets(select(request.selector), request)),
    slots: async (request) => slotsOf(store, select(request.selector), request),
    ...dataSourceQuestions(store.view),
    facts: async (selectors) => selectors.map((selector) => store.view.facts(select(selector))),
    labelValues: async (selector, label) => store.view.labelValues(select(selector), label),
    ...seriesQuestions(store.view),
    origins: async () => store.origins(),
    ...logQuestions(store.logs, clock),
    ...webLogQuestions(store.webLog),
    forgetOrigins: async (collector, source) => store.forgetOrigins(collector, source),
    changeDocuments: async (changes) => store.documents.change(changes),
    documents: async (query) => store.documents.list(query),
    chooseRings: async (config) => {
      store.chooseRings(ringChoice(config));
      converting.wake();
      return store.stats().ringProfiles ?? [];
    },
    stats: async () => store.stats(),
    close: async () => {
      clearInterval(flushing);
      converting.stop();
      desk.close();
      store.close();
    },
  };
}

function countGroup(
  store: Store,
  group: readonly CountRequest[],
  select: (selector: Selector) => readonly number[],
): WindowCount[][] {
  const selected = group.map(({ selector, windows }) => ({ ids: select(selector), windows }));
  const judgement = store.view.judge(selected.flatMap(({ ids }) => ids));
  return selected.map(({ ids, windows }) => windows.map((window) => store.view.countWindow(ids, window, judgement)));
}

/** Series read in one turn of the thread: a few milliseconds, so that batches and questions go on between them. */
const SERIES_PER_TURN = 16;

async function slotsOf(store: Store, ids: readonly number[], request: SlotRequest): Promise<SeriesSlots[]> {
  const found: SeriesSlots[] = [];
  for (const [i, id] of ids.entries()) {
    if (i % SERIES_PER_TURN === SERIES_PER_TURN - 1) await turn();
    const slots = store.view.has(id) ? store.view.slots(id, request) : undefined;
    if (slots !== undefined) found.push(slots);
  }
  return found;
}

function flush(store: Store, clock: Clock, log: Log): void {
  try {
    store.flush(clock.now(), FLUSH_BUDGET);
  } catch (error) {
    log.error('Cannot write pages; the journal keeps them, trying again.', { error: messageOf(error) });
  }
  try {
    store.expireSeries(clock.now());
  } catch (error) {
    log.error('Cannot remove series that outlived their data; trying again.', { error: messageOf(error) });
  }
  try {
    store.tendLogs(clock.now());
  } catch (error) {
    log.error('Cannot merge log blocks; they stay as they are, trying again.', { error: messageOf(error) });
  }
}
