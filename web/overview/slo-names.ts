import type { SloStatus } from '../../server/model/slo.ts';
import { type SloName, sloNamesIn } from '../../server/model/words/slo-name-text.ts';
import type { Speech } from '../words/speech.ts';

export function sloNames(slos: readonly SloStatus[], speech: Speech): SloName {
  const { numbers, times } = speech;
  return sloNamesIn(slos, { numbers, times, window: (window) => windowText(window, speech) });
}

/** "30 days", "a calendar month (Europe/Paris)". */
export function windowText({ duration_secs, calendar }: SloStatus['window'], { t, times }: Speech): string {
  if (calendar === undefined) return times.span(duration_secs);
  const { every, unit, zone } = calendar;
  return t('window_calendar', { every, unit, zone });
}
