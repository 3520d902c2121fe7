import type { Engine, RecordedValues } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';
import { refusalOf } from '../remote-storage/write-answer.ts';
import type { Intake } from '../store/intake.ts';
import type { SampleWrite } from '../store/sample-write.ts';

type Commit = <Answer>(now: Ms, work: (intake: Intake) => Answer) => Promise<Answer>;

/** The collector of everything that rules write. */
const RULES = 'rules';

/** What rules compute is kept as gauges: a rule knows no resets. */
export function recordedValues(commit: Commit): Pick<Engine, 'record'> {
  return {
    record: async (recorded, now) => {
      const write = sampleWrite(recorded);
      const verdict = await commit(now, (intake) => intake.takeSamples(write));
      const refusal = refusalOf({ rows: recorded.values.length, badSeries: undefined, write }, verdict);
      if (refusal !== undefined) throw refusal;
    },
  };
}

function sampleWrite({ source, time, values }: RecordedValues): SampleWrite {
  return {
    collector: RULES,
    targets: values.map(({ labels: { __name__: name = '', ...labels } }) => {
      return { source, identity: { kind: 'gauge', name, labels }, series: undefined };
    }),
    ends: values.map((_, i) => i + 1),
    times: new Float64Array(values.length).fill(time),
    values: Float64Array.from(values, ({ value }) => (value === 'stale' ? 0 : value)),
    stale: Uint8Array.from(values, ({ value }) => Number(value === 'stale')),
    unusable: new Map(),
  };
}
