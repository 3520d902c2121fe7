import type { DataSource } from '../../model/data-source.ts';
import { ringHolds, slotEnd } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';
import type { Sample } from '../pages/rollup.ts';
import { finest } from '../rings/ring.ts';
import { type DataSources, type OpenSource, updateText } from '../rrd/data-sources.ts';
import { isUpdateValue, openPdp, type PdpRun, updatePdp } from '../rrd/pdp.ts';
import type { Series } from '../series/series-index.ts';
import type { SampleDecision, SampleDraft } from './sample-draft.ts';

/**
 * The updates of one commit. A sample of a data source is not stored: it moves the open PDP, and what it closes is.
 *
 *     samples     7 at :03    9 at :12    U at :25         9 at :48
 *     PDPs          |           | :10 known  | :20 known       | :30 unknown, :40 unknown
 *     raw ring                    sample       sample            stale marker
 *
 * Of PDPs that are unknown one after the other only the first is stored, so that a year of silence is one row. What is not stored is unknown.
 */
export class UpdateDraft {
  /** What the updates left open, to be written with the commit. */
  readonly open = new Map<Series, OpenSource>();
  readonly #sources: DataSources;
  readonly #samples: SampleDraft;

  constructor(sources: DataSources, samples: SampleDraft) {
    this.#sources = sources;
    this.#samples = samples;
  }

  /** @param highWater the newest time of its origin, with what comes in this commit; none: its age does not matter. */
  add(series: Series, { time, value, stale }: Sample, highWater: number): SampleDecision {
    const raw = finest(series.layout.rings);
    if (!ringHolds(raw, slotEnd(ms(time), raw.width), ms(highWater))) return 'too_old';
    const before = this.open.get(series) ?? this.#sources.find(series.id);
    const source = this.#sources.declaredFor(series) ?? before?.source;
    if (source === undefined) return 'undeclared';
    const text = updateText(value, stale);
    if (before !== undefined && time <= before.lastUp) return decisionOf(before, time, text);
    if (!isUpdateValue(source, text)) return 'not_integer';
    return this.#update(series, this.#standing(series, source, raw.width, before, time), time, text);
  }

  /** The data source as it is updated: made at the border before its first sample, as it was, or begun anew. */
  #standing(
    series: Series,
    source: DataSource,
    step: number,
    before: OpenSource | undefined,
    time: number,
  ): OpenSource {
    if (before?.step === step && before.source.type === source.type) return { ...before, source };
    const border = Math.ceil(time / step - 1) * step;
    const since = Math.max(border, before?.lastUp ?? 0);
    // It is there from now on, and nothing is known of it.
    if (border > series.newest) this.#samples.addPdp(series, border, Number.NaN);
    // What was stored of it before is no value of now: the first unknown PDP ends it.
    return { source, step, since, isKnown: border <= series.newest, ...openPdp(since, step) };
  }

  #update(series: Series, before: OpenSource, time: number, text: string): SampleDecision {
    const { open, closed } = updatePdp(before.source, before.step, before, time, text);
    let { isKnown } = before;
    let decision: SampleDecision = 'accepted';
    for (const run of closed) {
      const kept = this.#keep(series, run, before.step, isKnown);
      if (kept !== 'accepted') decision = kept;
      isKnown = !Number.isNaN(run.value);
    }
    this.open.set(series, { ...before, ...open, isKnown });
    return decision;
  }

  #keep(series: Series, { end, count, value }: PdpRun, step: number, wasKnown: boolean): SampleDecision {
    const isKnown = !Number.isNaN(value);
    const rows = isKnown ? count : wasKnown ? 1 : 0;
    let decision: SampleDecision = 'accepted';
    for (let i = 0; i < rows; i++) {
      const kept = this.#samples.addPdp(series, end + i * step, value);
      if (kept !== 'accepted') decision = kept;
    }
    return decision;
  }
}

/** Updates rise in time, as with rrdtool; one that comes again is known when it is the last. */
function decisionOf({ lastUp, last }: OpenSource, time: number, text: string): SampleDecision {
  if (time < lastUp) return 'past_update';
  return last === text ? 'same' : 'duplicate_timestamp';
}
