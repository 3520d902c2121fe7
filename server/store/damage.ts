/**
 * What of the file could not be read, told once and counted: a damaged page costs that page, a damaged log block its lines, a
 * damaged commit that commit.
 */
export class Damage {
  readonly #rows = new Set<number>();
  readonly #blocks = new Set<number>();
  readonly #dataSources = new Set<number>();
  readonly #webLog = new Set<string>();
  readonly #tell: (cause: string) => void;
  #commits = 0;

  constructor(tell: (cause: string) => void) {
    this.#tell = tell;
  }

  page(row: number, cause: string): void {
    if (this.#rows.has(row)) return;
    this.#rows.add(row);
    this.#tell(`cannot read page ${row} of vigie.sqlite: ${cause}; its slots are lost`);
  }

  block(id: number, cause: string): void {
    if (this.#blocks.has(id)) return;
    this.#blocks.add(id);
    this.#tell(`cannot read log block ${id} of vigie.sqlite: ${cause}; its lines are lost`);
  }

  dataSource(series: number): void {
    this.#dataSources.add(series);
    this.#tell(
      `cannot read the data source of series ${series} of vigie.sqlite; it begins anew, and its open PDP is lost`,
    );
  }

  /** @param what "the web log of shop on 2015-05-17", or a commit of it */
  webLog(what: string, cause: string): void {
    if (this.#webLog.has(what)) return;
    this.#webLog.add(what);
    this.#tell(`cannot read ${what}: ${cause}; its requests are lost`);
  }

  commit(lsn: number, cause: string): void {
    this.#commits++;
    this.#tell(`cannot replay commit ${lsn} of vigie.sqlite: ${cause}; its changes are lost`);
  }

  /** By the reason of drop; what is whole is not named. */
  counts(): Readonly<Record<string, number>> {
    return {
      ...(this.#rows.size === 0 ? {} : { damaged_page: this.#rows.size }),
      ...(this.#blocks.size === 0 ? {} : { damaged_block: this.#blocks.size }),
      ...(this.#dataSources.size === 0 ? {} : { damaged_data_source: this.#dataSources.size }),
      ...(this.#webLog.size === 0 ? {} : { damaged_web_log: this.#webLog.size }),
      ...(this.#commits === 0 ? {} : { damaged_journal: this.#commits }),
    };
  }
}
