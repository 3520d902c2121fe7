import { MAX_AHEAD_MS } from '../../model/batch.ts';
import { type SeriesId, seriesKey } from '../../model/labels.ts';
import type { Ms } from '../../model/units.ts';
import type { Series, SeriesIndex } from '../series/series-index.ts';
import { type Origin, withWord } from './clients.ts';
import type { Draft } from './draft.ts';
import type { DropReason } from './payload.ts';
import type { SampleRefusal, SampleTarget, SampleVerdict, SampleWrite } from './sample-write.ts';

export interface SampleIntakeParts {
  readonly draft: Draft;
  readonly index: SeriesIndex;
  readonly now: Ms;
  /** The origin of a source as it stands in this commit, or a new one; undefined when there are too many. */
  readonly originOf: (source: string) => Origin | undefined;
  readonly keepOrigin: (origin: Origin) => void;
  /** Told of targets whose series was looked up: the commit will note it. */
  readonly found: (target: SampleTarget, series: Series) => void;
}

/**
 * Decides about a write within a commit. Each row is judged for itself: a bad one costs itself. The newest sample of an origin is its
 * watermark: a sender that falls silent is complete up to there and no further.
 */
export function takeSamples(write: SampleWrite, parts: SampleIntakeParts): SampleVerdict {
  const { draft, now } = parts;
  const { targets, ends, times, values, stale } = write;
  const latest = now + MAX_AHEAD_MS;
  const places = placesOf(targets, parts);
  const origins = originsOf(write, latest, parts);
  const refusals = new Refusals();
  let accepted = 0;
  let known = 0;
  for (let t = 0, row = 0; t < targets.length; t++) {
    const target = targets[t] as SampleTarget;
    const end = ends[t] ?? 0;
    const origin = origins.get(target.source);
    const place = linked(places[t] ?? 'bad_series', origin, draft);
    for (; row < end; row++) {
      const time = times[row] ?? 0;
      const value = values[row] ?? 0;
      let decision: DropReason | 'accepted' | 'same';
      if (time > latest) decision = 'too_far_ahead';
      else if (time < 0) decision = 'bad_sample';
      else if (typeof place === 'string') decision = place;
      else if (write.isPast) decision = draft.pastSample(place, { time, value, stale: stale[row] === 1 });
      else decision = draft.sample(place, time, value, stale[row] === 1, origin?.highWater ?? time);
      if (decision === 'accepted') accepted++;
      else if (decision === 'same') known++;
      else refusals.add(decision, target.identity, time, value);
    }
  }
  return { accepted, known, refusals: refusals.list() };
}

/** Per target its series, found or made, or why there is none. */
function placesOf(targets: readonly SampleTarget[], { draft, index, found }: SampleIntakeParts) {
  const places: (Series | DropReason | undefined)[] = targets.map(({ series }) =>
    series === undefined || series.removed ? undefined : series,
  );
  const strangers = targets.filter((_, t) => places[t] === undefined);
  if (strangers.length === 0) return places;
  const admitted = draft.admit(strangers.map(({ identity }) => asKept(identity, index)));
  let next = 0;
  return targets.map((target, t) => {
    const place = places[t] ?? admitted[next++];
    if (typeof place !== 'object') return place;
    if (place.kind === 'sum') return 'wrong_kind';
    if (places[t] === undefined) found(target, place);
    return place;
  });
}

/** The kind of a series is decided when it is made: whoever sends it later need not know. */
function asKept(identity: SeriesId, index: SeriesIndex): SeriesId {
  return index.find(seriesKey(identity.name, identity.labels)) ?? identity;
}

/** The origins of the write's samples with their marks moved, by source. */
function originsOf(
  { targets, ends, times, isPast }: SampleWrite,
  latest: number,
  { now, originOf, keepOrigin }: SampleIntakeParts,
): ReadonlyMap<string, Origin> {
  const newest = new Map<string, number>();
  for (let t = 0, row = 0; t < targets.length; t++) {
    const source = (targets[t] as SampleTarget).source;
    const before = newest.get(source) ?? Number.NEGATIVE_INFINITY;
    let mark = before;
    for (const end = ends[t] ?? 0; row < end; row++) {
      const time = times[row] ?? 0;
      if (time > mark && time <= latest && time >= 0) mark = time;
    }
    if (mark > before) newest.set(source, mark);
  }
  const origins = new Map<string, Origin>();
  for (const [source, mark] of newest) {
    const origin = originOf(source);
    if (origin === undefined) continue;
    const highWater = Math.max(origin.highWater, mark);
    const watermark = { completeTo: Math.min(highWater, now), newestEvent: highWater, state: 'ok' as const };
    const moved = isPast
      ? { ...origin, highWater, forgotten: true as const }
      : withWord({ ...origin, highWater }, watermark);
    keepOrigin(moved);
    origins.set(source, moved);
  }
  return origins;
}

function linked(place: Series | DropReason, origin: Origin | undefined, draft: Draft): Series | DropReason {
  if (typeof place === 'string') return place;
  return origin !== undefined && draft.link(place, origin.id) ? place : 'origin_limit';
}

/** Refused rows by reason, with the first of each for people. */
class Refusals {
  readonly #byReason = new Map<DropReason, SampleRefusal>();

  add(reason: DropReason, identity: SeriesId, time: number, value: number): void {
    const first = this.#byReason.get(reason) ?? { reason, count: 0, identity, time, value };
    this.#byReason.set(reason, { ...first, count: first.count + 1 });
  }

  list(): readonly SampleRefusal[] {
    return [...this.#byReason.values()];
  }
}
