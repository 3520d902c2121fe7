import type { Engine, ImportVerdict } from '../model/engine.ts';
import type { Ms } from '../model/units.ts';
import { readOpenMetrics } from '../remote-storage/open-metrics.ts';
import { refusalText } from '../remote-storage/write-answer.ts';
import type { Intake } from '../store/intake/intake.ts';

type Commit = <Answer>(now: Ms, work: (intake: Intake) => Answer) => Promise<Answer>;

/** Samples of the past: they go to the rings that still hold their time. */
export function imports(commit: Commit): Pick<Engine, 'importText'> {
  return {
    importText: async (text, now): Promise<ImportVerdict> => {
      const { write, badLines, firstBad } = readOpenMetrics(Buffer.from(text).toString('utf8'));
      const { accepted, known, refusals } = await commit(now, (intake) => intake.takeSamples(write));
      return {
        ...{ accepted, known, badLines },
        ...(firstBad !== undefined && { firstBad }),
        refusals: refusals.map((refusal) => ({
          reason: refusal.reason,
          count: refusal.count,
          first: refusalText(refusal),
        })),
      };
    },
  };
}
