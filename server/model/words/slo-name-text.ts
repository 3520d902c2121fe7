import { type NamedSlo, type SloDistinction, sloDistinctions } from '../slo-names.ts';
import type { NumberFormats } from './number-formats.ts';
import type { TimeFormats } from './time-formats.ts';

/** The name of an SLO among others: its title, and what tells it from those of the same title. */
export type SloName = (slo: { readonly id: string; readonly title: string }) => string;

/** What a name is said in. */
export interface NameSpeech {
  readonly numbers: Pick<NumberFormats, 'objective'>;
  readonly times: Pick<TimeFormats, 'milliseconds'>;
  /** "30 days", "a calendar month (Europe/Paris)". */
  window(window: NamedSlo['window']): string;
}

export function sloNamesIn(slos: readonly NamedSlo[], speech: NameSpeech): SloName {
  const distinctions = sloDistinctions(slos);
  return ({ id, title }) => {
    const distinction = distinctions.get(id);
    return distinction === undefined ? title : `${title} (${distinctionText(distinction, speech)})`;
  };
}

function distinctionText(distinction: SloDistinction, { numbers, times, window: said }: NameSpeech): string {
  const { service, objective, threshold_secs, window, id } = distinction;
  return [
    service,
    objective === undefined ? undefined : numbers.objective(objective),
    threshold_secs === undefined ? undefined : times.milliseconds(threshold_secs),
    window === undefined ? undefined : said(window),
    id,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
