import { isDay } from '../../server/model/calendar-day.ts';
import type { WebLogService } from '../../server/model/web-log.ts';

/** Which days: the last so many of those known, all of them, or from one to another, both included. */
export type Days =
  | { readonly kind: 'last'; readonly days: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'fixed'; readonly from: string; readonly to: string };

/** What the page of the web log shows; it lives in the address. */
export interface WebLogSearch {
  readonly service: string | undefined;
  /** '' is the requests without one. */
  readonly vhost: string | undefined;
  readonly days: Days;
}

export const DAY_PRESETS: readonly number[] = [1, 7, 28, 90];
const DEFAULT_DAYS: Days = { kind: 'last', days: 28 };
const DAY_MS = 86_400_000;

export function readWebLogSearch(query: string): WebLogSearch {
  const params = new URLSearchParams(query);
  return {
    service: params.get('service') ?? undefined,
    vhost: params.get('vhost') ?? undefined,
    days: readDays(params),
  };
}

function readDays(params: URLSearchParams): Days {
  const [from, to, days] = [params.get('from') ?? '', params.get('to') ?? '', params.get('days')];
  if (isDay(from) && isDay(to) && from <= to) return { kind: 'fixed', from, to };
  if (days === 'all') return { kind: 'all' };
  return days !== null && /^[1-9]\d{0,3}$/.test(days) ? { kind: 'last', days: Number(days) } : DEFAULT_DAYS;
}

/** The query of the address that `readWebLogSearch` reads back. */
export function writeWebLogSearch({ service, vhost, days }: WebLogSearch): string {
  const params = new URLSearchParams({
    ...(service !== undefined && { service }),
    ...(vhost !== undefined && { vhost }),
    ...(days.kind === 'fixed' && { from: days.from, to: days.to }),
    ...(days.kind === 'last' && { days: String(days.days) }),
    ...(days.kind === 'all' && { days: 'all' }),
  });
  return `?${params}`;
}

/** The first and last day known of what is searched; undefined when nothing was counted. */
export function knownDays(services: readonly WebLogService[], service: string | undefined) {
  const meant = services.filter((one) => service === undefined || one.service === service);
  const from = meant.map(({ first_day }) => first_day).sort()[0];
  const to = meant
    .map(({ last_day }) => last_day)
    .sort()
    .at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The first and last day of those known that a choice shows; undefined when nothing was counted. */
export function shownDays(days: Days, known: ReturnType<typeof knownDays>) {
  if (days.kind === 'fixed') return { from: days.from, to: days.to };
  if (days.kind === 'all' || known === undefined) return known;
  const [, from = known.from] = [known.from, dayBefore(known.to, days.days - 1)].sort();
  return { from, to: known.to };
}

/** The conditions as the API takes them. The last days are counted back from the newest that is known. */
export function reportParams(
  { service, vhost, days }: WebLogSearch,
  newest: string | undefined,
  limit: number,
): URLSearchParams {
  const range =
    days.kind === 'fixed'
      ? { from: days.from, to: days.to }
      : days.kind === 'last' && newest !== undefined
        ? { from: dayBefore(newest, days.days - 1), to: newest }
        : {};
  return new URLSearchParams({
    ...(service !== undefined && { service }),
    ...(vhost !== undefined && { vhost }),
    ...range,
    limit: String(limit),
  });
}

/** The calendar day so many days earlier. */
function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
