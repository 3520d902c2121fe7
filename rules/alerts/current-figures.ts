import type { Alert, AlertFigures } from '../../server/model/alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { burningPair } from './alert-condition.ts';
import { figuresOf, lastFigures, withSentences } from './alert-record.ts';

/**
 * An alert as people who ask see it: its figures and sentences are those of the latest status of its SLO, so that both say the same
 * number. The alert itself keeps the figures that made its latest change; its messages and the history tell those.
 */
export function withCurrentFigures(alert: Alert, status: SloStatus): Alert {
  return withSentences({ ...alert, figures: currentFigures(alert, status) });
}

/** By the first pair of its tier that burns, in the newest figures that say so. When none does, nothing newer is known of the burn. */
function currentFigures({ tier, cause, figures }: Alert, status: SloStatus): AlertFigures {
  if (cause === 'no_data') return lastFigures(status, tier);
  const { heard, as_of, budget, exhaustion } = status;
  for (const said of [{ ...status, ...heard }, status]) {
    const pair = burningPair(tier, said);
    if (pair !== undefined) return figuresOf(pair, said);
  }
  return { ...figures, as_of, budget, exhaustion };
}
