import {
  HIT_FIGURES,
  type HitFigures,
  type HitTable,
  WEB_LOG_TABLES,
  type WebLogDay,
  type WebLogQuery,
  type WebLogReport,
  type WebLogTable,
  type WebLogTableName,
} from '../../model/web-log.ts';
import { addBody } from './day-codec.ts';
import { DayTable } from './day-table.ts';
import { addFigures, figuresOf, noHits, type Sums } from './figures.ts';
import { HyperLogLog } from './hyper-log-log.ts';

/** Of everything together. */
const MERGED = { rows: 200_000, chars: 64 * 2 ** 20 };

interface DaySums {
  readonly figures: Sums;
  readonly visitors: HyperLogLog;
}

/** Adds days up to a report; in any order, from the store's tables or straight from what a collector counted. */
export class ReportMerge {
  readonly #merged = new DayTable(MERGED);
  readonly #days = new Map<string, DaySums>();
  readonly #zones = new Set<string>();

  /** Rows of one batch of lines. */
  addHits(hits: HitTable): void {
    this.#merged.add(hits);
    const { figures, visitors } = this.#day(hits.day, hits.zone);
    const { hour } = hits.rows;
    for (const figure of HIT_FIGURES) for (const value of hour?.[figure] ?? []) figures[figure] += value;
    for (const hash of hits.visitors) visitors.add(hash);
  }

  addDay(day: string, zone: string, table: DayTable): void {
    this.#merged.merge(table);
    const { figures, visitors } = this.#day(day, zone);
    addFigures(figures, table.total());
    visitors.merge(table.visitors);
  }

  /** A day as it lies in the file. Throws RangeError, with nothing added, when it is none. */
  addBody(day: string, zone: string, body: Buffer): void {
    const { total, visitors } = addBody(body, this.#merged);
    const known = this.#day(day, zone);
    addFigures(known.figures, total);
    known.visitors.merge(visitors);
  }

  report({ limit, ...asked }: WebLogQuery): WebLogReport {
    const { tables, hours, visitors } = this.#merged;
    const status = tables.status.rows;
    const classOf = (classes: string): number =>
      [...status].reduce((sum, [code, row]) => sum + (classes.includes(code.charAt(0)) ? row.requests : 0), 0);
    const made = WEB_LOG_TABLES.map((name) => [name, tables[name].table(limit)] as const);
    const days = this.#dayRows();
    return {
      ...asked,
      zones: [...this.#zones].sort(),
      total: this.#merged.total(),
      redirected: classOf('3') - (status.get('304')?.requests ?? 0),
      failed: classOf('45'),
      visitors: visitors.estimate(),
      days,
      hours: hours.map((figures, hour) => ({ hour, ...figuresOf(figures) })),
      weekdays: weekdaysOf(days),
      tables: Object.fromEntries(made) as Record<WebLogTableName, WebLogTable>,
    };
  }

  #day(day: string, zone: string): DaySums {
    this.#zones.add(zone);
    const known = this.#days.get(day) ?? { figures: noHits(), visitors: new HyperLogLog() };
    this.#days.set(day, known);
    return known;
  }

  #dayRows(): WebLogDay[] {
    const days = [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1));
    return days.map(([day, { figures, visitors }]) => ({
      day,
      ...figuresOf(figures),
      visitors: visitors.estimate(),
    }));
  }
}

function weekdaysOf(days: readonly WebLogDay[]): (HitFigures & { weekday: number })[] {
  const sums = Array.from({ length: 7 }, noHits);
  for (const day of days) {
    const weekday = (new Date(`${day.day}T00:00:00Z`).getUTCDay() + 6) % 7;
    addFigures(sums[weekday] ?? noHits(), day);
  }
  return sums.map((figures, i) => ({ weekday: i + 1, ...figures }));
}
