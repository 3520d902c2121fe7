import type { SloStatus } from './slo.ts';

/** Why there is no figure: idle is something else than silent, and both than an SLO that cannot be measured as it is written. */
export type MissingFigure = 'no_traffic' | 'no_data' | 'not_measurable';

/** Of a status whose `attained` or burn rate is absent. */
export function whyMissing({ state, reasons }: Pick<SloStatus, 'state' | 'reasons'>): MissingFigure {
  if (reasons.some(({ code }) => code === 'not_measurable')) return 'not_measurable';
  return state === 'no_data' ? 'no_data' : 'no_traffic';
}
