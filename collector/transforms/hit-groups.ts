import { HIT_KEY_BYTES, type HitTable } from '../../server/model/web-log.ts';
import type { LogBatch } from '../batch.ts';
import { fieldText } from './field-text.ts';
import { HitCounter } from './hit-counter.ts';
import { ZoneDays } from './zone-days.ts';

/** The lines of one day of one virtual host, in one batch. */
interface Group {
  readonly day: string;
  readonly vhost: string;
  readonly rows: number[];
}

interface OpenGroup {
  readonly identity: Pick<HitTable, 'service' | 'vhost' | 'zone' | 'day'>;
  readonly counter: HitCounter;
}

/** A group with more names than this is handed over before its day is: a few hundred MiB at the most. */
const MAX_NAMES = 500_000;

/**
 * Counts batches by day and virtual host. A few groups stay open, so that those which come again and again are handed over once;
 * the one that was least lately used makes room for a new one.
 */
export class HitGroups {
  readonly #zone: string;
  readonly #days: ZoneDays;
  readonly #maxOpen: number;
  readonly #open = new Map<string, OpenGroup>();
  readonly #spare: HitCounter[] = [];

  constructor(timezone: string, maxOpen: number) {
    this.#zone = timezone;
    this.#days = new ZoneDays(timezone);
    this.#maxOpen = maxOpen;
  }

  /** Returns what had to be closed for it. */
  add(batch: LogBatch): HitTable[] {
    const hourOf = new Uint8Array(batch.start.length);
    const closed: HitTable[] = [];
    const service = batch.attributes.service ?? '';
    for (const { day, vhost, rows } of groupsOf(batch, this.#days, hourOf)) {
      const key = JSON.stringify([service, vhost, day]);
      const group = this.#open.get(key) ?? this.#start({ service, vhost, zone: this.#zone, day }, closed);
      group.counter.add(batch, rows, hourOf);
      this.#open.delete(key);
      if (group.counter.size > MAX_NAMES) closed.push(this.#take(group));
      else this.#open.set(key, group);
    }
    return closed;
  }

  /** Everything that is still open. */
  close(): HitTable[] {
    const tables = [...this.#open.values()].map((group) => this.#take(group));
    this.#open.clear();
    return tables;
  }

  #start(identity: OpenGroup['identity'], closed: HitTable[]): OpenGroup {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= this.#maxOpen) {
      this.#open.delete(oldest[0]);
      closed.push(this.#take(oldest[1]));
    }
    return { identity, counter: this.#spare.pop() ?? new HitCounter() };
  }

  #take({ identity, counter }: OpenGroup): HitTable {
    const table = { ...identity, ...counter.take() };
    this.#spare.push(counter);
    return table;
  }
}

function groupsOf(batch: LogBatch, days: ZoneDays, hourOf: Uint8Array): Iterable<Group> {
  const times = batch.fields.get('time');
  const groups = new Map<string, Group>();
  const vhostOf = vhostReader(batch);
  let last: Group | undefined;
  for (const row of batch.rows) {
    const time = (times?.type === 'number' ? times.values[row] : undefined) ?? batch.arrived;
    const { day, hour } = days.at(time);
    const vhost = vhostOf(row);
    hourOf[row] = hour;
    if (last?.day !== day || last.vhost !== vhost) {
      const key = `${day} ${vhost}`;
      last = groups.get(key) ?? { day, vhost, rows: [] };
      groups.set(key, last);
    }
    last.rows.push(row);
  }
  return groups.values();
}

/** The server's name in lower case; one text after the other is mostly the same one. */
function vhostReader({ bytes, fields }: LogBatch): (row: number) => string {
  const column = fields.get('vhost');
  if (column?.type !== 'text') return () => '';
  let last: Buffer = Buffer.alloc(0);
  let text = '';
  return (row) => {
    const start = column.start[row] ?? -1;
    if (start < 0) return '';
    const end = Math.min(column.end[row] ?? start, start + HIT_KEY_BYTES.vhost);
    if (last.length === end - start && last.compare(bytes, start, end) === 0) return text;
    last = bytes.subarray(start, end);
    text = fieldText(bytes, start, end, column.escaped).toLowerCase();
    return text;
  };
}
