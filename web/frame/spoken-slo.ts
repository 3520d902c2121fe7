import type { Alert } from '../../server/model/alerts.ts';
import { type SloStatus, UNOWNED } from '../../server/model/slo.ts';
import { titleText } from '../../server/model/words/slo-title.ts';
import type { Speech } from '../words/speech.ts';

/** An SLO with what nobody wrote said in the reader's language: its title and its owner. */
export function spokenSlo(slo: SloStatus, { t, say }: Speech): SloStatus {
  return { ...slo, title: titleText(slo, say), owner: slo.owner === UNOWNED ? t('unowned') : slo.owner };
}

export function spokenAlert(alert: Alert, { say }: Speech): Alert {
  return { ...alert, title: titleText(alert, say) };
}
