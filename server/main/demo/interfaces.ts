import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../model/units.ts';
import { randomOf } from './random.ts';
import { busyness } from './rhythm.ts';
import { type Story, within } from './story.ts';

/** The counters of one network interface, as `/proc/net/dev` has them. */
export interface InterfaceCounters {
  readonly device: string;
  readonly receive_bytes: number;
  readonly transmit_bytes: number;
}

/** What a host says at one moment. */
export interface HostReading {
  readonly time: Ms;
  readonly interfaces: readonly InterfaceCounters[];
  readonly load: number;
}

/** Bytes per second one direction carries: 100 Mbit/s. */
export const LINK_BYTES = 12_500_000;
const LIVE_STEP = ms(10 * SECOND);
const RECENT_STEP = MINUTE;
const OLD_STEP = ms(5 * MINUTE);
/** Behind this only five-minute slots are kept anyway. */
const RECENT = ms(2 * DAY);
/** Bytes per second at busyness 1, and what is always there. */
const EGRESS = { busy: 2_600_000, idle: 9_000 };
const INGRESS = { busy: 310_000, idle: 7_000 };

/**
 * The readings of a host from the start of the story on, without end: what a `host_metrics` source would have sent, but rarer in the
 * past. Counters only grow; while the collector of `web-2` is dead there is no reading, and the counters run on.
 */
export function* readingsOf(story: Story, seed: number, host: string): Generator<HostReading> {
  const counters = { eth0: { in: 0, out: 0 }, eth1: { in: 0, out: 0 } };
  let before: number = story.start;
  for (let time = story.start; ; time = ms(time + stepAt(story, time))) {
    const secs = (time - before) / 1000;
    const busy = busyness(story, time) / 2;
    const random = randomOf(seed, time / SECOND, host.charCodeAt(host.length - 1));
    const wobble = (): number => 0.85 + 0.3 * random.next();
    counters.eth0.in += Math.round((INGRESS.idle + INGRESS.busy * busy) * wobble() * secs);
    counters.eth0.out += Math.round((EGRESS.idle + EGRESS.busy * busy) * wobble() * secs);
    counters.eth1.in += Math.round((2000 + 900_000 * busy) * wobble() * secs);
    counters.eth1.out += Math.round((2000 + 120_000 * busy + backup(time)) * wobble() * secs);
    before = time;
    if (host === 'web-2' && within(time, story.silence)) continue;
    yield { time, interfaces: interfacesOf(counters), load: (0.1 + 0.8 * busy) * wobble() };
  }
}

/** Every night the database is copied away. */
function backup(time: number): number {
  const hour = (time % DAY) / HOUR;
  return hour >= 2 && hour < 3 ? 7_800_000 : 0;
}

function stepAt({ end }: Story, time: number): number {
  if (time >= end) return LIVE_STEP;
  return time >= end - RECENT ? RECENT_STEP : OLD_STEP;
}

function interfacesOf(counters: Readonly<Record<string, { in: number; out: number }>>): InterfaceCounters[] {
  return Object.entries(counters).map(([device, { in: receive_bytes, out: transmit_bytes }]) => {
    return { device, receive_bytes, transmit_bytes };
  });
}
