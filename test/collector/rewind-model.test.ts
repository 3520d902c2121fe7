import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type Collector, createCollector } from '../../collector/collector.ts';
import { type CollectorConfigInput, collectorConfigSchema } from '../../collector/config.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import { systemClock } from '../../server/model/clock.ts';
import { VigieError } from '../../server/model/errors.ts';
import type { IngestTransport } from '../../server/model/ingest.ts';
import { DAY, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { Store } from '../../server/store/store.ts';
import { tries } from '../support/long.ts';
import { type Random, seeded } from '../support/random.ts';

/**
 * The real collector, its file source and the real store, whose databases are lost, restored and renamed at random while files grow
 * and are deleted. Before each start everything is put down, so what must be counted then can be read off: every line that is in
 * the server, the queue or a file, once.
 */
const ROUNDS = 12;
const SETTLE_MS = 90_000;
const SERIES = 'requests_total';
/** Some three lines: nearly every batch is cut, and ends or loses its server between two parts. */
const TINY_PART_BYTES = 400;

/** What one round does while nothing runs. */
type Fault =
  | 'lose server'
  | 'restore server'
  | 'restore collector'
  | 'lose collector'
  | 'rename source'
  | 'rename sink';
const FAULTS: readonly Fault[] = [
  'lose server',
  'restore server',
  'restore collector',
  'lose collector',
  'rename source',
  'rename sink',
];

interface Setting {
  readonly readFrom: 'beginning' | 'end';
  readonly partBytes?: number;
}

class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'vigie-rewind-'));
  readonly history: string[] = [];
  readonly #random: Random;
  /** Of its own: how often it is asked depends on the machine, and a seed must tell one history. */
  readonly #network: Random;
  readonly #readFrom: 'beginning' | 'end';
  readonly #partBytes: number | undefined;
  #lines = 0;
  #files = 0;
  #source = 'log0';
  #sink = 'sink0';
  #names = 0;
  #reachable = true;
  /** Whether the server may go away while the collector runs. */
  #fragile = false;
  #store: Store | undefined;
  #collector: Collector | undefined;

  constructor(seed: number, { readFrom, partBytes }: Setting) {
    this.#partBytes = partBytes;
    this.#random = seeded(seed);
    this.#network = seeded(seed + 1_000_000);
    this.#readFrom = readFrom;
    for (const name of ['log', 'server', 'collector']) mkdirSync(join(this.folder, name));
  }

  async start(reachable: boolean, fragile = false): Promise<void> {
    this.#reachable = reachable;
    this.#fragile = fragile;
    const store = new Store({ dataDir: join(this.folder, 'server') });
    this.#store = store;
    const away = new VigieError('unreachable', 'cannot reach the server: it is away');
    const transport: IngestTransport = {
      hello: async (hello) => (this.#reachable ? store.hello(hello, systemClock.now()) : Promise.reject(away)),
      send: async (envelope, payload) => {
        const answer = this.#reachable ? store.commit([{ envelope, payload }], systemClock.now())[0] : undefined;
        if (this.#fragile && isPart(payload) && this.#network.below(4) === 0) this.#reachable = false;
        if (answer === undefined || this.#network.below(20) === 0) throw away;
        return answer;
      },
    };
    this.#collector = createCollector({
      config: collectorConfigSchema.parse(this.#config()),
      dataDir: join(this.folder, 'collector'),
      name: 'here',
      transport,
      log: createLog('collector', { write: () => {} }),
      telemetry: new Telemetry(),
      clock: systemClock,
      wait: () => sleep(2),
      ...(this.#partBytes === undefined ? {} : { partBytes: this.#partBytes }),
    });
    await this.#collector.start();
  }

  async stop(): Promise<void> {
    await this.#collector?.stop();
    this.#store?.abandon();
  }

  append(): void {
    if (this.#files === 0 || this.#random.below(4) === 0) this.#files++;
    const path = this.#logs().at(-1) ?? '';
    const file = this.#random.below(3) === 0 || path === '' ? join(this.folder, 'log', `${this.#files}.log`) : path;
    const lines = Array.from({ length: 1 + this.#random.below(30) }, () => {
      const time = new Date(systemClock.now()).toISOString();
      return `h - line${++this.#lines} [${apache(time)}] "GET / HTTP/1.1" 200 1\n`;
    });
    appendFileSync(file, lines.join(''));
  }

  deleteFile(): void {
    const [oldest] = this.#logs();
    if (oldest !== undefined) rmSync(oldest);
    this.history.push('delete file');
  }

  save(which: 'server' | 'collector'): void {
    rmSync(join(this.folder, `${which}.saved`), { recursive: true, force: true });
    cpSync(join(this.folder, which), join(this.folder, `${which}.saved`), { recursive: true });
    this.history.push(`save ${which}`);
  }

  suffer(fault: Fault): void {
    this.history.push(fault);
    const [verb, what = ''] = fault.split(' ');
    if (verb === 'rename') {
      this.#names++;
      if (what === 'source') this.#source = `log${this.#names}`;
      else this.#sink = `sink${this.#names}`;
      return;
    }
    const saved = join(this.folder, `${what}.saved`);
    // See `replayFiles`: such a source tells the next server where it stands, not what that one holds.
    if (what === 'server' && this.#readFrom === 'end')
      rmSync(join(this.folder, 'collector.saved'), { recursive: true, force: true });
    if (verb === 'restore' && !existsSync(saved)) return;
    rmSync(join(this.folder, what), { recursive: true });
    if (verb === 'restore') cpSync(saved, join(this.folder, what), { recursive: true });
    else mkdirSync(join(this.folder, what));
  }

  /** Every line in the server, by how often. */
  counted(): Map<string, number> {
    const store = this.#store?.index === undefined ? undefined : this.#store;
    return store === undefined ? new Map() : linesOf(store);
  }

  /** While nothing runs: the lines that are in the server or the queue, which must count, and those in the files. */
  everywhere(): { readonly held: ReadonlySet<string>; readonly inFiles: ReadonlySet<string> } {
    const store = new Store({ dataDir: join(this.folder, 'server') });
    const server = [...linesOf(store).keys()];
    store.abandon();
    const files = this.#logs().flatMap((path) => readFileSync(path, 'utf8').match(/line\d+/g) ?? []);
    return { held: new Set([...server, ...this.queued()]), inFiles: new Set(files) };
  }

  queued(): string[] {
    const path = join(this.folder, 'collector', 'collector.sqlite');
    if (!existsSync(path)) return [];
    const database = new Database(path);
    const rows = database.prepare<[], Buffer>('SELECT payload FROM queue').pluck().all();
    database.close();
    return rows.flatMap((row) => {
      const payload = JSON.parse(String(row)) as BatchPayload;
      return payload.series.map(({ labels }) => labels.user ?? '');
    });
  }

  #logs(): string[] {
    const folder = join(this.folder, 'log');
    return readdirSync(folder)
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((name) => join(folder, name));
  }

  #config(): CollectorConfigInput {
    const metrics = [{ type: 'counter' as const, name: SERIES, tags: { user: '{{user}}' } }];
    return {
      sources: {
        [this.#source]: {
          type: 'file',
          include: [join(this.folder, 'log', '*.log')],
          read_from: this.#readFrom,
          poll: '10ms',
          glob: '10ms',
          read_block: '4KiB',
          max_line: '1KiB',
        },
      },
      transforms: {
        access: { type: 'parse', inputs: [this.#source] },
        requests: { type: 'log_to_metric', inputs: ['access'], metrics, cardinality_limit: 100_000 },
      },
      sinks: { [this.#sink]: { type: 'vigie', inputs: ['requests'] } },
    };
  }
}

function isPart(payload: Uint8Array): boolean {
  return (JSON.parse(String(payload)) as BatchPayload).more === true;
}

function apache(time: string): string {
  const month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[Number(time.slice(5, 7)) - 1];
  return `${time.slice(8, 10)}/${month}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
}

function linesOf(store: Store): Map<string, number> {
  const now = systemClock.now();
  const window = { start: ms(now - DAY), end: ms(now + DAY) };
  const found = store.view.select([]).map((id) => {
    const { labels } = store.view.series(id);
    return [labels.user ?? '', store.view.countWindow([id], window).n] as const;
  });
  return new Map(found.filter(([, n]) => n > 0));
}

const NOTHING = { wrong: '', missing: '' };

/** A history told in its words, as `history` prints them; each `settle` compares what counts with what must. */
class Model {
  readonly world: World;
  readonly #random: Random;
  readonly #readFrom: 'beginning' | 'end';

  constructor(seed: number, setting: Setting) {
    this.#random = seeded(seed);
    this.#readFrom = setting.readFrom;
    this.world = new World(seed, setting);
  }

  async step(word: string): Promise<void> {
    if (word === 'run' || word === 'run alone') return this.#live(word === 'run');
    if (word === 'settle') return this.#settle();
    const { world } = this;
    if (word === 'save server') world.save('server');
    else if (word === 'save collector') world.save('collector');
    else if (word === 'delete file') world.deleteFile();
    else world.suffer(FAULTS.find((fault) => fault === word) ?? unknown(word));
  }

  /** Runs a while: lines come, the server may be away, copies are made that a later fault brings back. */
  async #live(reachable: boolean): Promise<void> {
    const { world } = this;
    world.history.push(reachable ? 'run' : 'run alone');
    await world.start(reachable, true);
    for (let i = 2 + this.#random.below(4); i > 0; i--) {
      world.append();
      await sleep(5 + this.#random.below(30));
    }
    await world.stop();
  }

  async #settle(): Promise<void> {
    const { world } = this;
    world.history.push('settle');
    const { held, inFiles } = world.everywhere();
    const known = new Set([...held, ...inFiles]);
    const want = this.#readFrom === 'beginning' ? known : held;
    const got = await settled(world, want);
    const wrong = [...got].flatMap(([line, n]) => (n === 1 && known.has(line) ? [] : [`${line} x ${n}`]));
    const missing = [...want].filter((line) => !got.has(line));
    expect({ wrong: wrong.join(' '), missing: missing.join(' ') }, world.history.join('; ')).toEqual(NOTHING);
  }
}

function unknown(word: string): never {
  throw new Error(`cannot play ${JSON.stringify(word)}: want a word of a history`);
}

async function settled(world: World, want: ReadonlySet<string>): Promise<Map<string, number>> {
  await world.start(true);
  const deadline = performance.now() + SETTLE_MS;
  const isSettled = (counted: ReadonlyMap<string, number>): boolean => [...want].every((line) => counted.has(line));
  while (performance.now() < deadline && !isSettled(world.counted())) await sleep(20);
  await sleep(100);
  const counted = world.counted();
  await world.stop();
  return counted;
}

/** The words of a history, drawn. */
function drawn(seed: number): readonly string[] {
  const random = seeded(seed);
  const live = (): string => (random.below(3) > 0 ? 'run' : 'run alone');
  return Array.from({ length: ROUNDS }, () => [
    live(),
    ...['save server', 'save collector'].filter(() => random.below(3) === 0),
    live(),
    ...(random.below(2) === 0 ? ['delete file'] : []),
    ...FAULTS.filter(() => random.below(4) === 0),
    'settle',
  ]).flat();
}

async function play(words: readonly string[], seed: number, setting: Setting): Promise<void> {
  const model = new Model(seed, setting);
  try {
    for (const word of words) await model.step(word);
  } finally {
    rmSync(model.world.folder, { recursive: true, force: true });
  }
}

/** Where names and copies of different ages go past each other. */
const HISTORIES: readonly (readonly [string, string])[] = [
  [
    'a collector that lost what it knew meets a server from before its new name',
    'run; save server; settle; rename sink; settle; lose collector; settle; run; restore server; settle',
  ],
  ['both at once', 'run; save server; run; rename sink; settle; lose collector; restore server; settle'],
  ['a new name and a lost memory in one go', 'run; run; rename sink; lose collector; settle'],
  [
    'two names later than its memory',
    'run; save collector; rename sink; settle; run; rename sink; restore collector; settle',
  ],
];
test.each(HISTORIES)('once: %s', async (_, history) => {
  await play(history.split('; '), 1, { readFrom: 'beginning' });
  await play(history.split('; '), 2, { readFrom: 'end', partBytes: TINY_PART_BYTES });
});

const SEEDS = Array.from({ length: tries(2) }, (_, i) => i + 1);
test.each(SEEDS)('what is in the server, the queue or a file counts once, seed %i', (seed) =>
  play(drawn(seed), seed, { readFrom: 'beginning' }),
);
test.each(SEEDS)('a source that begins at the end loses nothing that was read, seed %i', (seed) =>
  play(drawn(1_000 + seed), seed, { readFrom: 'end' }),
);
test.each(SEEDS)('the same when every batch is cut, seed %i', (seed) =>
  play(drawn(2_000 + seed), seed, { readFrom: seed % 2 === 0 ? 'end' : 'beginning', partBytes: TINY_PART_BYTES }),
);
