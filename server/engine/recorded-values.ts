import type { Engine, RecordedValues } from '../model/engine.ts';
import type { SeriesId } from '../model/labels.ts';
import type { Ms } from '../model/units.ts';
import { refusalOf } from '../remote-storage/write-answer.ts';
import type { WriteRequest } from '../remote-storage/write-request.ts';
import type { Intake } from '../store/intake/intake.ts';
import type { SampleWrite } from '../store/intake/sample-write.ts';
import { readIdentity } from '../store/intake/wire-labels.ts';
import { LABEL_LIMITS } from '../store/limits.ts';

type Commit = <Answer>(now: Ms, work: (intake: Intake) => Answer) => Promise<Answer>;

/** The collector of everything that rules write. */
const RULES = 'rules';

/** What rules compute is kept as gauges: a rule knows no resets. */
export function recordedValues(commit: Commit): Pick<Engine, 'record'> {
  return {
    record: async (recorded, now) => {
      const request = writeRequest(recorded);
      const refusal = refusalOf(request, await commit(now, (intake) => intake.takeSamples(request.write)));
      if (refusal !== undefined) throw refusal;
    },
  };
}

function writeRequest({ source, time, values }: RecordedValues): WriteRequest {
  const read = values.map(({ labels: { __name__: name, ...labels }, value }) => {
    return { identity: readIdentity({ kind: 'gauge', name, labels }), value };
  });
  const usable = read.flatMap(({ identity, value }) => (identity === undefined ? [] : [{ identity, value }]));
  const bad = read.findIndex(({ identity }) => identity === undefined);
  const refused = values.length - usable.length;
  const unusable = new Map(refused === 0 ? [] : [['bad_series', refused] as const]);
  const badSeries =
    bad < 0 ? undefined : `${JSON.stringify(values[bad]?.labels).slice(0, SHOWN)} is none, or too large`;
  return { rows: values.length, badSeries, write: { ...sampleWrite(source, time, usable), unusable } };
}

/** Of the labels of a series that is none. */
const SHOWN = 300;

function sampleWrite(
  source: string,
  time: Ms,
  usable: readonly { readonly identity: SeriesId; readonly value: number | 'stale' }[],
): Omit<SampleWrite, 'unusable'> {
  return {
    collector: RULES,
    targets: usable.map(({ identity }) => ({
      source: source.slice(0, LABEL_LIMITS.name_bytes),
      identity,
      series: undefined,
    })),
    ends: usable.map((_, i) => i + 1),
    times: new Float64Array(usable.length).fill(time),
    values: Float64Array.from(usable, ({ value }) => (value === 'stale' ? 0 : value)),
    stale: Uint8Array.from(usable, ({ value }) => Number(value === 'stale')),
  };
}
