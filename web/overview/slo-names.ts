import type { SloStatus } from '../../server/model/slo.ts';
import { type SloDistinction, sloDistinctions } from '../../server/model/slo-names.ts';
import type { Speech } from '../words/speech.ts';

/** The name of an SLO among others: its title, and what tells it from those of the same title. */
export type SloName = (slo: { readonly id: string; readonly title: string }) => string;

export function sloNames(slos: readonly SloStatus[], speech: Speech): SloName {
  const distinctions = sloDistinctions(slos);
  return ({ id, title }) => {
    const distinction = distinctions.get(id);
    return distinction === undefined ? title : `${title} (${distinctionText(distinction, speech)})`;
  };
}

function distinctionText(distinction: SloDistinction, speech: Speech): string {
  const { service, objective, threshold_secs, window, id } = distinction;
  const { numbers, times } = speech;
  return [
    service,
    objective === undefined ? undefined : numbers.objective(objective),
    threshold_secs === undefined ? undefined : times.milliseconds(threshold_secs),
    window === undefined ? undefined : windowText(window, speech),
    id,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** "30 days", "a calendar month (Europe/Paris)". */
export function windowText({ duration_secs, calendar }: SloStatus['window'], { t, times }: Speech): string {
  if (calendar === undefined) return times.span(duration_secs);
  const { every, unit, zone } = calendar;
  return t('window_calendar', { every, unit, zone });
}
