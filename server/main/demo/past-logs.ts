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

/** Logs that are appended to, each in whole lines by one write. */
export class LogFiles {
  readonly #folder: string;
  readonly #open = new Map<string, { readonly file: number; text: string }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(host: string, service: string, text: string): void {
    const path = logPath(this.#folder, host, service);
    const known = this.#open.get(path);
    if (known !== undefined) {
      known.text += text;
      return;
    }
    mkdirSync(dirname(path), { recursive: true });
    this.#open.set(path, { file: openSync(path, 'a'), text });
  }

  flush(): void {
    for (const log of this.#open.values()) {
      if (log.text !== '') writeSync(log.file, log.text);
      log.text = '';
    }
  }

  close(): void {
    for (const { file } of this.#open.values()) closeSync(file);
    this.#open.clear();
  }
}
