import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WrittenValue } from '../../rules/prometheus/rule-evaluation.ts';
import { VigieError } from '../model/errors.ts';
import { type LabelMatcher, type Labels, seriesKey } from '../model/labels.ts';
import type { RingProfile } from '../model/rings.ts';
import { DAY, type Ms, ms, SECOND } from '../model/units.ts';
import type { Queryable, QuerySeries } from '../promql/queryable.ts';
import type { SampleTarget } from '../store/intake/sample-write.ts';
import { Store } from '../store/store.ts';

/** What a test writes and asks, from its first sample to its last evaluation. */
export interface TestSpan {
  readonly start: Ms;
  readonly end: Ms;
  /** The shortest time between two samples of a series. */
  readonly interval: Ms;
}

/** The fewest slots a page of raw samples has, and the most pages of a ring (`server/store/rings/ring.ts`). */
const SLOTS_PER_PAGE = 60;
const MAX_PAGES = 2000;

interface TestSeries {
  readonly target: SampleTarget;
  time: number;
  value: number | 'stale';
  /** Not in the store yet. */
  readonly pending: { readonly time: number; readonly value: number | 'stale' }[];
}

/**
 * The store of one test: the embedded store itself, in a directory that is thrown away, with one ring that holds every sample of the
 * test as it came. What was appended is written when somebody asks for it.
 */
export class TestStore implements Queryable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'vigie-rules-'));
  readonly #store: Store;
  readonly #end: Ms;
  readonly #series = new Map<string, TestSeries>();
  readonly #pending = new Set<TestSeries>();

  /** Throws VigieError `bad_config` when the span has more steps than a ring can have. */
  constructor(span: TestSpan) {
    this.#end = span.end;
    const rings = ringsFor(span);
    this.#store = new Store({ dataDir: this.#folder, rings, maxSeries: 1_000_000, durable: false });
  }

  /**
   * Samples of one moment. The same sample twice is one. Throws VigieError `execution` on the first that Prometheus would not take
   * after those it has; the others are kept.
   */
  append(samples: readonly WrittenValue[], time: Ms): void {
    const refused = samples.flatMap(({ labels, value }) => {
      const cause = this.#take(labels, value, time);
      return cause === undefined ? [] : [cause];
    });
    if (refused[0] !== undefined) throw new VigieError('execution', refused[0]);
  }

  select(matchers: readonly LabelMatcher[]): readonly QuerySeries[] {
    if (this.#isPending(matchers.find(({ name }) => name === '__name__'))) this.#write();
    return this.#store.view.select(matchers).map((id) => this.#store.view.reader(id));
  }

  close(): void {
    this.#store.abandon();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #take(labels: Labels, value: number | 'stale', time: Ms): string | undefined {
    const key = seriesKey('', labels);
    const known = this.#series.get(key) ?? this.#newSeries(key, labels);
    if (time < known.time) return `out of order sample: ${key}`;
    if (time === known.time)
      return Object.is(value, known.value) ? undefined : `duplicate sample for timestamp: ${key}`;
    known.time = time;
    known.value = value;
    known.pending.push({ time, value });
    this.#pending.add(known);
    return undefined;
  }

  #newSeries(key: string, { __name__: name = '', ...labels }: Labels): TestSeries {
    const target = { source: 'test', identity: { kind: 'gauge', name, labels } as const, series: undefined };
    const series = { target, time: Number.NEGATIVE_INFINITY, value: Number.NaN, pending: [] };
    this.#series.set(key, series);
    return series;
  }

  #isPending(name: LabelMatcher | undefined): boolean {
    for (const { target } of this.#pending) if (name?.matches(target.identity.name) ?? true) return true;
    return false;
  }

  #write(): void {
    const series = [...this.#pending];
    this.#pending.clear();
    const rows = series.flatMap(({ pending }) => pending);
    let end = 0;
    const write = {
      collector: 'rules',
      targets: series.map(({ target }) => target),
      ends: series.map(({ pending }) => (end += pending.length)),
      times: Float64Array.from(rows, ({ time }) => time),
      values: Float64Array.from(rows, ({ value }) => (value === 'stale' ? 0 : value)),
      stale: Uint8Array.from(rows, ({ value }) => Number(value === 'stale')),
      unusable: new Map(),
    };
    for (const { pending } of series) pending.length = 0;
    const [refusal] = this.#store.change(this.#end, (intake) => intake.takeSamples(write)).refusals;
    if (refusal === undefined) return;
    const { name, labels } = refusal.identity;
    const where = seriesKey(name, labels);
    throw new VigieError('execution', `cannot store ${where}: ${refusal.reason} (${refusal.count} samples)`);
  }
}

/** The store wants two rings; the second is never asked, for the first forgets nothing. */
function ringsFor({ start, end, interval }: TestSpan): readonly RingProfile[] {
  const slots = Math.ceil((end - start) / SECOND / (SLOTS_PER_PAGE * MAX_PAGES));
  const width = ms(Math.max(1, slots, Math.floor(Math.min(DAY, interval) / SECOND)) * SECOND);
  const page = ms(SLOTS_PER_PAGE * width);
  const span = ms((Math.ceil((end - start) / page) + 3) * page);
  return [
    { width, span },
    { width: ms(2 * width), span },
  ];
}
