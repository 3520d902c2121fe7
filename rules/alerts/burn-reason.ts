import type { Alert, AlertTier } from '../../server/model/alerts.ts';
import type { Burn, BurnAlert, Reason, SloState, SloStatus } from '../../server/model/slo.ts';
import { ms } from '../../server/model/units.ts';
import { durationArgs } from '../figures/durations.ts';
import { burningPair, burnOver } from './alert-condition.ts';

/** That a pair of windows burns, told by its long one. */
export function burnReason(service: string, pair: Pick<BurnAlert, 'tier' | 'factor'>, long: Burn): Reason {
  const args = { service, rate: long.rate ?? 0, factor: pair.factor, ...durationArgs(ms(long.window_secs * 1000)) };
  return { code: pair.tier === 'page' ? 'burning_fast' : 'burning_slow', args };
}

/** What gives way to an alert that fires. A first hour gives way to a page alone: a ticket must not make an answer of what is none yet. */
const CALM: Readonly<Record<AlertTier, readonly SloState[]>> = {
  page: ['ok', 'too_new', 'too_little_traffic'],
  ticket: ['ok', 'too_little_traffic'],
};

/**
 * The status with its alert: an SLO burns for as long as its alert fires, also when its pairs cannot tell any more because no request
 * comes. What is not known, or spent, stays so and has the burn as one more reason.
 */
export function withAlert(status: SloStatus, alert: Alert | undefined): SloStatus {
  if (alert?.state !== 'firing' || alert.cause === 'no_data') return status;
  const { id, tier } = alert;
  const reason = reasonOf(alert, status);
  const others = status.reasons.filter(({ code }) => code !== reason.code);
  if (CALM[tier].includes(status.state)) return { ...status, alert: { id, tier }, state: 'burning', reasons: [reason] };
  const reasons = status.state === 'burning' ? [reason, ...others] : [...others, reason];
  return { ...status, alert: { id, tier }, reasons };
}

/** By the first pair of its tier that burns, in the newest figures that say so; else by what the alert was fired for. */
function reasonOf({ service, tier, figures }: Alert, status: SloStatus): Reason {
  for (const said of [status.heard ?? status, status]) {
    const pair = burningPair(tier, said);
    if (pair !== undefined) return burnReason(service, pair, burnOver(said.burns, pair.long_secs));
  }
  return burnReason(service, { tier, factor: figures.pair.factor }, figures.long);
}
