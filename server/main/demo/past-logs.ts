import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DAY } from '../../model/units.ts';
import { logPath } from './demo-config.ts';
import { requestsIn } from './requests.ts';
import { minutesBetween, Rhythm } from './rhythm.ts';
import type { DemoPlan } from './story.ts';

/** What was written: requests by service, all machines together. */
export type WrittenLines = Record<string, number>;

/** Writes the access logs of the past, a day at a time; `onDay` hears of each and may wait. */
export async function writePastLogs(
  folder: string,
  plan: DemoPlan,
  onDay: (share: number) => Promise<void>,
): Promise<WrittenLines> {
  const rhythm = new Rhythm(plan);
  const { start, end } = rhythm.story;
  const files = new LogFiles(folder);
  const written: WrittenLines = {};
  try {
    for (const minute of minutesBetween(start, end)) {
      for (const { host, service, text } of requestsIn(rhythm, plan.seed, minute)) {
        files.add(host, service, text);
        written[service] = (written[service] ?? 0) + 1;
      }
      if ((minute - start) % DAY === 0) {
        files.flush();
        await onDay((minute - start) / (end - start));
      }
    }
    files.flush();
  } finally {
    files.close();
  }
  return written;
}

/** Bytes of a log that are gathered before they are written. */
const GATHERED_BYTES = 2 ** 18;

interface OpenLog {
  readonly file: number;
  readonly bytes: Buffer;
  used: number;
}

/** Logs that are appended to, in whole lines. */
export class LogFiles {
  readonly #folder: string;
  /** By host and service. */
  readonly #open = new Map<string, Map<string, OpenLog>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param text a line with its end, in ASCII */
  add(host: string, service: string, text: string): void {
    const log = this.#open.get(host)?.get(service) ?? this.#openLog(host, service);
    if (log.used + text.length > log.bytes.length) write(log);
    log.used += log.bytes.write(text, log.used, 'latin1');
  }

  flush(): void {
    for (const log of this.#logs()) write(log);
  }

  close(): void {
    for (const { file } of this.#logs()) closeSync(file);
    this.#open.clear();
  }

  #openLog(host: string, service: string): OpenLog {
    const path = logPath(this.#folder, host, service);
    mkdirSync(dirname(path), { recursive: true });
    const log: OpenLog = { file: openSync(path, 'a'), bytes: Buffer.allocUnsafe(GATHERED_BYTES), used: 0 };
    const logs = this.#open.get(host) ?? new Map<string, OpenLog>();
    this.#open.set(host, logs.set(service, log));
    return log;
  }

  *#logs(): Generator<OpenLog> {
    for (const logs of this.#open.values()) yield* logs.values();
  }
}

function write(log: OpenLog): void {
  for (let from = 0; from < log.used; ) from += writeSync(log.file, log.bytes, from, log.used - from);
  log.used = 0;
}
