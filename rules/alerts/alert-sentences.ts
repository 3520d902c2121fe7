import type { Alert, AlertSentence } from '../../server/model/alerts.ts';
import { ms } from '../../server/model/units.ts';
import { ageArgs, type DurationArgs, durationArgs } from '../figures/durations.ts';

/**
 * What on-call needs to know at 3 a.m., in this order: what burns, since when, spent, left, how long it lasts. Data only; the words
 * are said in the reader's language.
 */
export function alertSentences(alert: Alert): readonly AlertSentence[] {
  if (alert.state === 'resolved') return [over(alert), left(alert)];
  if (alert.cause === 'no_data') return [noData(alert, alert.no_data_since ?? alert.since), left(alert)];
  const doubt = alert.state === 'pending' ? [pending(alert)] : [];
  const silence = alert.no_data_since === undefined ? [] : [noData(alert, alert.no_data_since)];
  return [burning(alert), ...silence, ...doubt, since(alert), spent(alert), left(alert), exhaustion(alert)];
}

function burning({ service, unit = 'requests', tier, figures }: Alert): AlertSentence {
  const { long, pair } = figures;
  const args = { service, tier, rate: long.rate ?? 0, factor: pair.factor, ...durationArgs(ms(pair.long_secs * 1000)) };
  return { code: 'burning', args: { ...args, what: unit, bad: long.bad, total: long.total } };
}

function since({ since: time }: Alert): AlertSentence {
  return { code: 'since', args: { time } };
}

/** The share of the whole budget that went in the long window. */
function spent({ figures }: Alert): AlertSentence {
  const { spent_ratio, pair, window_secs } = figures;
  const whole = named('window', durationArgs(ms(window_secs * 1000)));
  return { code: 'spent', args: { spent_ratio, ...durationArgs(ms(pair.long_secs * 1000)), ...whole } };
}

function left({ unit = 'requests', figures: { budget } }: Alert): AlertSentence {
  const { allowed, left: rest, left_ratio } = budget;
  return {
    code: 'left',
    args: { what: unit, allowed, left: rest, over: Math.max(0, -rest), left_ratio: left_ratio ?? 0 },
  };
}

function exhaustion({ unit = 'requests', figures: { exhaustion: end, as_of } }: Alert): AlertSentence {
  const time = end.kind === 'at' ? end.time : as_of;
  return { code: 'exhaustion', args: { what: unit, kind: end.kind, time, ...ageArgs(ms(time - as_of)) } };
}

function pending({ figures: { as_of } }: Alert): AlertSentence {
  return { code: 'pending', args: { time: as_of } };
}

/** Names are those of sources, which may say nothing of their own that looks like an argument: "none" is none. */
function noData({ service, silent = [] }: Alert, time: number): AlertSentence {
  return { code: 'no_data', args: { service, time, silent: silent.join(', ') || 'none' } };
}

function over({ service, since: start, resolved, resolved_by, cause }: Alert): AlertSentence {
  const end = resolved ?? start;
  const by = resolved_by === 'recovered' && cause === 'no_data' ? 'heard' : (resolved_by ?? 'recovered');
  return {
    code: 'over',
    args: { service, by, start, end, ...ageArgs(ms(end - start)) },
  };
}

function named(prefix: string, { amount, unit }: DurationArgs): Readonly<Record<string, string | number>> {
  return { [`${prefix}_amount`]: amount, [`${prefix}_unit`]: unit };
}
