import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Consolidation, DataSource } from '../../server/model/data-source.ts';

const RRDTOOL = '/usr/bin/rrdtool';
export const hasRrdtool = existsSync(RRDTOOL);

/** One archive: PDPs per row, rows, and the share of a row that may be unknown. */
export interface Archive {
  readonly pdps: number;
  readonly rows: number;
  readonly xff: number;
}

export interface RealDatabase {
  readonly file: string;
  readonly source: DataSource;
  /** Seconds. */
  readonly start: number;
  readonly step: number;
  readonly archives: readonly Archive[];
}

export interface Update {
  /** Seconds. */
  readonly time: number;
  readonly text: string;
}

export interface Fetch {
  readonly how: Consolidation;
  readonly start: number;
  readonly end: number;
  readonly resolution: number;
}

/** Rows by the second of their end. */
export type FetchedRows = ReadonlyMap<number, number>;

const HOWS: readonly Consolidation[] = ['AVERAGE', 'MIN', 'MAX', 'LAST'];

/** Makes the database, updates it and asks it, all by one process of the real rrdtool. Throws on what that refuses. */
export function askRrdtool(db: RealDatabase, updates: readonly Update[], fetches: readonly Fetch[]): FetchedRows[] {
  const { file, source, start, step, archives } = db;
  const { type, heartbeat_secs, min = 'U', max = 'U' } = source;
  const kept = archives.flatMap(({ pdps, rows, xff }) => HOWS.map((how) => `RRA:${how}:${xff}:${pdps}:${rows}`));
  const lines = [
    `create ${file} --start ${start} --step ${step} DS:x:${type}:${heartbeat_secs}:${min}:${max} ${kept.join(' ')}`,
    ...updates.map(({ time, text }) => `update ${file} ${time}:${text}`),
    ...fetches.map(
      ({ how, ...range }) => `fetch ${file} ${how} -s ${range.start} -e ${range.end} -r ${range.resolution}`,
    ),
  ];
  const output = execFileSync(RRDTOOL, ['-'], { input: `${lines.join('\n')}\n`, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const fault = /^ERROR.*$/m.exec(output);
  if (fault !== null) throw new Error(`${fault[0]} (${lines[0]})`);
  const answers = output.split(/^OK .*$/m).slice(1 + updates.length, 1 + updates.length + fetches.length);
  return answers.map(
    (answer) => new Map([...answer.matchAll(/^ *(\d+): (\S+)$/gm)].map(([, t, v]) => [Number(t), number(v)])),
  );
}

function number(text = ''): number {
  return text.endsWith('nan') ? Number.NaN : Number(text.replace('inf', 'Infinity'));
}
