import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { evaluateSlos } from '../../server/evaluation/evaluate.ts';
import { SloCounts } from '../../server/evaluation/slo-counts.ts';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { BatchMark } from '../../server/model/ingest.ts';
import { alignDown, slotEnd } from '../../server/model/rings.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { digestOf } from '../../server/runtime/digest.ts';
import { type EnginePoint, type MortalEngine, openMortalEngine } from '../support/mortal-engine.ts';
import { seededOfRun } from '../support/random.ts';

/**
 * Promises 1 and 2 through everything the server does with a batch: whatever gaps, late events and deaths there were, the budget
 * and the burn rates are those of a list of all events, counted one by one.
 */
/** The night of Friday to Saturday before clocks are put forward in Europe, and April comes. */
const START = Date.parse('2027-03-27T01:20:00Z');
const OBJECTIVE = 0.99;
const SENDERS = 2;
const RUNS = 40;

/** Every kind of window. Their periods are told by another calendar library. */
const WINDOWS: readonly (readonly [id: string, written: string, begins?: (asOf: DateTime) => DateTime])[] = [
  ['rolling', '30d'],
  ['day', '{calendar: day, zone: Europe/Paris}', (asOf) => asOf.setZone('Europe/Paris').startOf('day')],
  ['week', '{calendar: week, zone: Asia/Kathmandu}', (asOf) => asOf.setZone('Asia/Kathmandu').startOf('week')],
  ['month', '{calendar: month, zone: Europe/Paris}', (asOf) => asOf.setZone('Europe/Paris').startOf('month')],
];

const { slos } = readSloFiles(
  [
    {
      path: 'slo.yaml',
      text: `slos:\n${WINDOWS.map(
        ([id, window]) =>
          `  - {id: ${id}, service: shop, objective: 99%, window: ${window}, availability: {total: requests_total, bad: 'requests_total{code="500"}'}}`,
      ).join('\n')}`,
    },
  ],
  parseSelector,
);

interface Event {
  readonly time_secs: number;
  readonly bad: boolean;
  readonly n: number;
}

const secs = (max: Ms) => fc.integer({ min: 0, max: max / 1000 });
const pause = fc.oneof(
  { weight: 5, arbitrary: secs(ms(30 * SECOND)) },
  { weight: 3, arbitrary: secs(ms(20 * MINUTE)) },
  { weight: 1, arbitrary: secs(ms(2 * DAY)) },
);
const lateness = fc.oneof(
  { weight: 6, arbitrary: secs(ms(10 * MINUTE)) },
  { weight: 2, arbitrary: secs(ms(4 * DAY)) },
  { weight: 1, arbitrary: secs(ms(40 * DAY)) },
);
const event = fc.record({ late: lateness, bad: fc.boolean(), n: fc.integer({ min: 1, max: 300 }) });
const step = fc.record({
  pause,
  /** Per sender, what it has to tell, and how far behind its watermark is. */
  told: fc.array(fc.record({ events: fc.array(event, { maxLength: 8 }), behind: secs(MINUTE) }), {
    minLength: SENDERS,
    maxLength: SENDERS,
  }),
  death: fc.option(fc.constantFrom<EnginePoint | 'now'>('now', 'before_commit', 'after_commit', 'during_flush')),
  flush: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const { seed } = seededOfRun('recount');
let folder: string;

beforeEach(() => {
  // The engine writes its pages once a second; here a second passes when the history says so.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = mkdtempSync(join(tmpdir(), 'vigie-recount-'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('budget and burn equal a recount of all events', async () => {
  let lives = 0;
  let run = 0;
  const history = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      lives += await live(join(folder, String(run++)), steps);
    }),
    { seed, numRuns: RUNS },
  );
  expect(lives).toBeGreaterThan(RUNS);
});

/** One history; returns how often the engine was started. */
async function live(place: string, steps: readonly Step[]): Promise<number> {
  let now = ms(START);
  const mortal = openMortalEngine(place, { now: () => now });
  const senders = Array.from({ length: SENDERS }, (_, i) => new Sender(`web-${i}`, mortal));
  const told: Event[] = [];
  let lives = 1;
  let counts = new SloCounts(mortal.engine, { watch: true });
  const raise = async (): Promise<void> => {
    lives++;
    await mortal.restart();
    counts = new SloCounts(mortal.engine, { watch: true });
    for (const sender of senders) await sender.greet(now);
  };
  for (const sender of senders) await sender.greet(now);
  for (const { pause, told: news, death, flush } of steps) {
    now = ms(now + pause * 1000);
    if (death !== null && death !== 'now') mortal.dieAt(death);
    for (const [i, { events, behind }] of news.entries()) {
      const happened = events.map(({ late, bad, n }) => ({ time_secs: Math.floor(now / 1000) - late, bad, n }));
      told.push(...happened);
      await senders[i]?.tell(happened, ms(now - behind * 1000), now, raise);
    }
    if (flush) vi.advanceTimersByTime(1000);
    if (mortal.dead() || death === 'now') await raise();
    const statuses = await evaluateSlos(mortal.engine, slos, now);
    expect(await evaluateSlos(mortal.engine, slos, now, counts)).toEqual(statuses);
    for (const status of statuses) {
      equalsRecount(status, told, ms(Math.min(...senders.map(({ completeTo }) => completeTo))));
    }
  }
  await mortal.close();
  return lives;
}

/** The collector's side of one queue. */
class Sender {
  readonly #collector: string;
  readonly #mortal: MortalEngine;
  readonly #queue: (BatchMark & { readonly payload: Uint8Array })[] = [];
  #acked: BatchMark = { sequence: 0, digest: '' };
  #epoch = 0;
  completeTo: Ms = ms(0);

  constructor(collector: string, mortal: MortalEngine) {
    this.#collector = collector;
    this.#mortal = mortal;
  }

  /** Nothing was lost or restored: after the first time the server must agree. */
  async greet(now: Ms): Promise<void> {
    const queued = this.#queue.map(({ sequence, digest }) => ({ sequence, digest }));
    const hello = { collector: this.#collector, sink: 'vigie', epoch: this.#epoch, acked: this.#acked, queued };
    const answer = await this.#mortal.engine.hello(hello, now);
    expect(answer.result).toBe(this.#epoch === 0 ? 'rewind' : 'agreed');
    if (answer.result === 'rewind') this.#epoch = answer.epoch;
    else while (this.#queue[0] !== undefined && this.#queue[0].sequence <= answer.sequence) this.#acknowledge();
  }

  async tell(events: readonly Event[], completeTo: Ms, now: Ms, raise: () => Promise<void>): Promise<void> {
    this.completeTo = ms(Math.max(this.completeTo, completeTo));
    const payload = Buffer.from(JSON.stringify(payloadOf(events, this.completeTo)));
    const sequence = this.#acked.sequence + this.#queue.length + 1;
    this.#queue.push({ sequence, digest: digestOf(payload), payload });
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const { payload: bytes, ...mark } = head;
      const envelope = { collector: this.#collector, sink: 'vigie', epoch: this.#epoch, ...mark };
      const answer = await this.#mortal.engine.ingest(envelope, bytes, now);
      if (this.#mortal.dead()) await raise();
      else {
        expect(['applied', 'duplicate']).toContain(answer.result);
        this.#acknowledge();
      }
    }
  }

  #acknowledge(): void {
    const { sequence, digest } = this.#queue.shift() ?? this.#acked;
    this.#acked = { sequence, digest };
  }
}

function payloadOf(events: readonly Event[], completeTo: Ms): BatchPayload {
  const series = ['200', '500'].map((code) => ({ kind: 'sum', name: 'requests_total', labels: { code } }) as const);
  return {
    v: 1,
    source: 'access',
    series,
    increments: {
      series: events.map(({ bad }) => Number(bad)),
      time: events.map(({ time_secs }) => time_secs),
      n: events.map(({ n }) => n),
      sum: events.map(({ n }) => n),
    },
    watermark: { completeTo, service: 'shop', state: 'ok' },
  };
}

function equalsRecount(status: SloStatus, told: readonly Event[], completeTo: Ms): void {
  const asOf = alignDown(completeTo, ms(10 * SECOND));
  const recount = (start: number): { total: number; bad: number } => {
    const inside = told.filter(({ time_secs }) => time_secs * 1000 > start && time_secs * 1000 <= asOf);
    const sum = (events: readonly Event[]): number => events.reduce((all, { n }) => all + n, 0);
    return { total: sum(inside), bad: sum(inside.filter(({ bad }) => bad)) };
  };
  const newest = Math.max(...told.map(({ time_secs }) => time_secs * 1000));
  const { window, counts, budget, burns } = status;
  expect(status.as_of).toBe(asOf);
  const { start, length } = windowOf(status.id, asOf);
  if (told.length > 0) expect(window).toMatchObject({ start: firstBorder(start, newest), end: asOf });
  const { total, bad } = recount(window.start);
  expect(counts, status.id).toEqual({ total, good: total - bad, bad });
  const traffic = recount(firstBorder(asOf - length, newest)).total;
  if (traffic === 0) expect(budget.left_ratio).toBeUndefined();
  else expect(budget.left_ratio).toBeCloseTo(1 - bad / (traffic * (1 - OBJECTIVE)), 9);
  for (const burn of burns) {
    const want = recount(firstBorder(asOf - burn.window_secs * 1000, newest));
    expect(burn, `${burn.window_secs} s`).toMatchObject(want);
    if (want.total === 0) expect(burn.rate).toBeUndefined();
    else expect(burn.rate).toBeCloseTo(want.bad / want.total / (1 - OBJECTIVE), 9);
  }
  const longest = status.id === 'day' ? DAY : 72 * HOUR;
  expect(burns.at(-1)?.window_secs).toBe(longest / 1000);
}

function windowOf(id: string, asOf: Ms): { readonly start: number; readonly length: number } {
  const begins = WINDOWS.find(([known]) => known === id)?.[2];
  if (begins === undefined) return { start: asOf - 30 * DAY, length: 30 * DAY };
  // A moment on a border is the last one of the period before it.
  const start = begins(DateTime.fromMillis(asOf - 1));
  return { start: start.toMillis(), length: start.plus({ [id]: 1 }).toMillis() - start.toMillis() };
}

/** A window begins with a whole slot of the finest ring that surely held everything from there to the newest event. */
function firstBorder(start: number, newest: number): Ms {
  const heldSince = (span: Ms, coarser: Ms): number => slotEnd(ms(newest - span), coarser);
  const fiveMinutes = ms(5 * MINUTE);
  if (start >= heldSince(ms(2 * DAY), MINUTE)) return alignDown(ms(start), ms(10 * SECOND));
  return alignDown(ms(start), start >= heldSince(ms(14 * DAY), fiveMinutes) ? MINUTE : fiveMinutes);
}
