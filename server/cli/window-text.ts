import type { BacktestRun } from '../model/backtest.ts';
import type { StatusWindow } from '../model/slo.ts';
import { formatDuration, ms } from '../model/units.ts';
import { moment } from './terminal.ts';

/** `30d`, or `a calendar week (UTC)`. */
export function windowText({ window_secs, calendar }: Pick<BacktestRun, 'window_secs' | 'calendar'>): string {
  if (calendar === undefined) return formatDuration(ms(window_secs * 1000));
  const { every, unit, zone } = calendar;
  return `${every === 1 ? `a calendar ${unit}` : `${every} calendar ${unit}s`} (${zone})`;
}

/** The same of the window of a status, and until when its period goes. */
export function statusWindowText({ duration_secs, calendar }: StatusWindow): string {
  const text = windowText({ window_secs: duration_secs, ...(calendar && { calendar }) });
  return calendar === undefined ? text : `${text}, this one until ${moment(calendar.end)}`;
}
