import type { PositionValue } from '../../server/model/batch.ts';
import type { HelloAnswer } from '../../server/model/ingest.ts';
import type { ReplayAnswer, ReplayQuestion, Waiting } from '../component.ts';
import type { QueueEntry, QueueState } from './queue.ts';
import { addDrops, MEMORY_KEY, memoryAsPosition, memoryFrom, type SourceMemory } from './source-memory.ts';
import type { Positions, Span } from './span.ts';
import { type Claimant, type Inheritance, inheritances } from './take-over.ts';
import { bySource, toWire } from './wire-positions.ts';

export type Rewind = Extract<HelloAnswer, { result: 'rewind' }>;

/** A source that can read again and feeds the queue. */
export interface Replayer extends Claimant {
  readonly memory: SourceMemory;
  replay(question: ReplayQuestion): ReplayAnswer;
}

/** Its source was taken away, and no other follows the same; no id of a component has a space. */
const NOBODY = 'nobody at all';

export interface RewindInput {
  readonly answer: Rewind;
  readonly state: QueueState;
  /** The queue, in order. */
  readonly entries: readonly QueueEntry[];
  /** Every source of the configuration. */
  readonly configured: ReadonlySet<string>;
  readonly replayers: readonly Replayer[];
}

export interface RewindPlan {
  /** Sequences of the batches that are sent again as they are, in their order. */
  readonly keep: ReadonlySet<number>;
  /** Where sources run from, memory included. Sources that are not in it stay where they are. */
  readonly positions: ReadonlyMap<string, Positions>;
  /** What the server must know of positions when the kept batches are applied: per source, in the names of the wire. */
  readonly tell: ReadonlyMap<string, Readonly<Record<string, PositionValue | null>>>;
}

/**
 * What to do when a server does not agree with our queue: it or we were restored, lost, cloned or renamed. Pure but for the
 * sources, which look at what can still be read.
 *
 *      what the server holds        sent again             read again
 *     |--------------------------|------------------|------------------------->
 *                                 kept batches       from `positions` on
 *
 * Invariant: the three are disjoint, and together they are every line that is in the server, the queue or a file. It holds because
 *
 * 1. a batch is applied, kept or dropped whole, with all its parts, and knows what of its source it was made of (its span);
 * 2. where the queue is known to go on from the server's state (`continues`, or neither side has ever met the other), all of it behind
 *    `appliedOfOldEpoch` is kept, and sources stay where they are: nothing is read again;
 * 3. otherwise a source that can read again decides about each span, with what is really there: a span that a run from the server's
 *    positions hands over again is dropped, one that lies before them was applied and is dropped, and what is left exists nowhere
 *    but in the queue and is kept. Positions are the server's, and our own for what only we know of;
 * 4. what cannot be read again at all is kept when it lies behind `appliedOfOldEpoch`.
 *
 * What cannot be decided: a collector that was restored, and then read on without its server, may have cut its batches elsewhere.
 * When such a batch straddles the server's position and its file is gone, it is dropped and counted as `suspected_lost_bytes`.
 */
export function planRewind(input: RewindInput): RewindPlan {
  const { answer, state, entries } = input;
  const behind = entries.filter((entry) => entry.sequence > answer.appliedOfOldEpoch);
  const holdsNothing = answer.appliedOfOldEpoch === 0 && Object.keys(answer.positions).length === 0;
  const isStranger = state.epoch === 0 && holdsNothing;
  if (isStranger || answer.continues === true) {
    return { keep: new Set(sequencesOf(behind)), positions: new Map(), tell: new Map() };
  }
  const server = bySource(answer.positions);
  const heirs = heirsOf(input, server);
  const owners = ownersOf(input);
  const isAlone = (entry: QueueEntry): boolean =>
    !entry.replayable || (owners.get(entry) === NOBODY && entry.span !== undefined);
  const keep = new Set(sequencesOf(behind.filter(isAlone)));
  const plans = input.replayers.map((replayer) => {
    const own = entries.filter((entry) => owners.get(entry) === replayer.id);
    const inherited = heirs.filter(({ heir }) => heir === replayer.id);
    const plan = planSource(replayer, server.get(replayer.id) ?? {}, inherited, own, answer.appliedOfOldEpoch);
    for (const sequence of sequencesOf(plan.resend)) keep.add(sequence);
    return { id: replayer.id, ...plan };
  });
  return {
    keep,
    positions: new Map(
      plans.flatMap(({ id, positions }) => (positions === undefined ? [] : [[id, positions] as const])),
    ),
    tell: new Map(plans.flatMap(({ id, tell }) => (Object.keys(tell).length === 0 ? [] : [[id, tell] as const]))),
  };
}

function sequencesOf(entries: readonly QueueEntry[]): readonly number[] {
  return entries.flatMap(({ sequences }) => sequences);
}

interface SourcePlan {
  readonly resend: readonly QueueEntry[];
  /** Absent: it stays. */
  readonly positions: Positions | undefined;
  readonly tell: Readonly<Record<string, PositionValue | null>>;
}

function planSource(
  replayer: Replayer,
  { [MEMORY_KEY]: told, ...stands }: Positions,
  inherited: readonly Inheritance[],
  entries: readonly QueueEntry[],
  applied: number,
): SourcePlan {
  const server = { ...stands, ...Object.fromEntries(inherited.map(({ key, value }) => [key, value])) };
  const waiting = new Map(
    entries.flatMap((entry) => {
      const { span, sequence } = entry;
      return span === undefined ? [] : [[{ span, isApplied: sequence <= applied } satisfies Waiting, entry] as const];
    }),
  );
  const { positions, resend } = replayer.replay({ server, local: replayer.positions, waiting: [...waiting.keys()] });
  const stays = positions === replayer.positions;
  const drops = resend.reduce(
    (sum, { span }) => addDrops(sum, new Map(Object.entries(span.drops))),
    memoryFrom(told).drops,
  );
  const memory = memoryAsPosition(stays ? replayer.memory : { ...memoryFrom(told), drops });
  const after = { ...positions, [MEMORY_KEY]: memory };
  const before = told === undefined ? stands : { ...stands, [MEMORY_KEY]: told };
  const moved = new Set(resend.flatMap(({ span }) => Object.keys(span.after)));
  return {
    resend: resend.flatMap((item) => waiting.get(item) ?? []),
    positions: stays ? undefined : after,
    tell: { ...toWire(replayer.id, difference(before, after, moved)), ...leave(inherited) },
  };
}

/** What leads from one account to the other, and every key that was `moved` in between. */
function difference(
  before: Positions,
  after: Positions,
  moved: ReadonlySet<string>,
): Readonly<Record<string, PositionValue | null>> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after), ...moved]);
  const changed = [...keys].filter(
    (key) => moved.has(key) || JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  return Object.fromEntries(changed.map((key) => [key, after[key] ?? null]));
}

function leave(inherited: readonly Inheritance[]): Readonly<Record<string, PositionValue | null>> {
  return Object.fromEntries(inherited.flatMap(({ from, key }) => Object.entries(toWire(from, { [key]: null }))));
}

/** The server may hold positions under ids that were given up here. */
function heirsOf({ configured, replayers }: RewindInput, server: ReadonlyMap<string, Positions>): Inheritance[] {
  const left = new Map([...server].filter(([source]) => !configured.has(source)));
  return inheritances(
    left,
    replayers.map((replayer) => ({
      id: replayer.id,
      positions: server.get(replayer.id) ?? {},
      claim: (positions) => replayer.claim(positions),
    })),
  );
}

/** Who decides about a batch that waits. */
function ownersOf({ entries, replayers }: RewindInput): ReadonlyMap<QueueEntry, string> {
  const ids = new Set(replayers.map(({ id }) => id));
  return new Map(
    entries.map((entry) => {
      if (ids.has(entry.source)) return [entry, entry.source];
      const moved = entry.span === undefined ? {} : presentIn(entry.span.after);
      const heir = replayers.find((replayer) => Object.keys(replayer.claim(moved)).length > 0);
      return [entry, heir?.id ?? NOBODY];
    }),
  );
}

function presentIn(after: Span['after']): Positions {
  return Object.fromEntries(Object.entries(after).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}
