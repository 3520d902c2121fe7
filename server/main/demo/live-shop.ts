import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '../../model/errors.ts';
import { alignDown } from '../../model/rings.ts';
import { MINUTE, type Ms, ms, SECOND } from '../../model/units.ts';
import type { Log } from '../../runtime/log.ts';
import { logPath, servicesOn } from './demo-config.ts';
import { messagesIn } from './messages.ts';
import { LogFiles } from './past-logs.ts';
import { requestsIn, WEB_HOSTS } from './requests.ts';
import { minutesBetween, Rhythm } from './rhythm.ts';
import type { DemoPlan } from './story.ts';
import type { SyslogSender } from './syslog-sender.ts';

export interface LiveShop {
  /** Writes everything that happened until `now`, whole seconds at a time. */
  catchUp(now: Ms): Promise<void>;
  close(): Promise<void>;
}

/** The shop going on: each second's lines are written once that second is over, from where the logs end. */
export function openLiveShop(folder: string, plan: DemoPlan, sender: SyslogSender, log: Log): LiveShop {
  const rhythm = new Rhythm(plan);
  const files = new LogFiles(folder);
  let writtenTo = Math.max(plan.end, lastSecond(folder) + SECOND);
  const isNew =
    (now: number) =>
    (event: { readonly time: number }): boolean =>
      event.time >= writtenTo && event.time < now;
  return {
    catchUp: async (now) => {
      const until = alignDown(now, SECOND);
      if (until <= writtenTo) return;
      const minutes = [...minutesBetween(alignDown(ms(writtenTo), MINUTE), until)];
      for (const { host, service, text } of minutes
        .flatMap((minute) => requestsIn(rhythm, plan.seed, minute))
        .filter(isNew(until))) {
        files.add(host, service, text);
      }
      const messages = minutes.flatMap((minute) => messagesIn(rhythm.story, plan.seed, minute)).filter(isNew(until));
      files.flush();
      writtenTo = until;
      try {
        await sender.send(messages);
      } catch (error) {
        log.warn('Cannot send syslog messages of the demo; they are lost.', { error: messageOf(error) });
      }
    },
    close: async () => {
      files.close();
      await sender.close();
    },
  };
}

/** The time of the newest line in all logs that go on, ms; 0 without any. */
function lastSecond(folder: string): number {
  const paths = WEB_HOSTS.flatMap((host) => servicesOn(host).map((service) => logPath(folder, host, service)));
  return Math.max(0, ...paths.filter((path) => existsSync(path)).map(timeOfLastLine));
}

const TAIL_BYTES = 4096;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

function timeOfLastLine(path: string): number {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(TAIL_BYTES);
    const from = Math.max(0, fstatSync(file).size - TAIL_BYTES);
    const text = buffer.toString('latin1', 0, readSync(file, buffer, 0, TAIL_BYTES, from));
    const last = [...text.matchAll(/\[(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d) \+0000\]/g)].at(-1);
    if (last === undefined) return 0;
    const [, day, month = '', year, hour, minute, second] = last;
    return Date.UTC(Number(year), MONTHS.indexOf(month) / 3, Number(day), Number(hour), Number(minute), Number(second));
  } finally {
    closeSync(file);
  }
}
