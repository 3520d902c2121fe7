import type { HitTable, WebLogLines, WebLogQuery, WebLogReport } from '../model/web-log.ts';
import { ReportMerge } from '../store/web-log/report-merge.ts';

/** Adds up what is read of files, as far as it was asked for. */
export class FileReport {
  readonly #merge = new ReportMerge();
  readonly #query: WebLogQuery;

  constructor(query: WebLogQuery) {
    this.#query = query;
  }

  add(tables: readonly HitTable[]): void {
    const { vhost, from = '', to = '~' } = this.#query;
    for (const table of tables) {
      const wanted = (vhost === undefined || table.vhost === vhost) && table.day >= from && table.day <= to;
      if (wanted) this.#merge.addHits(table);
    }
  }

  report(lines: WebLogLines): WebLogReport {
    return { ...this.#merge.report(this.#query), lines };
  }
}
