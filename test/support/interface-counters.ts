import { createHash } from 'node:crypto';
import type { BatchPayload } from '../../server/model/batch.ts';
import type { Engine } from '../../server/model/engine.ts';
import { HOUR, type Ms, ms } from '../../server/model/units.ts';

interface Rates {
  readonly in: number;
  readonly out: number;
}

export interface CounterFeed {
  readonly host?: string;
  readonly device: string;
  /** Samples lie in [start, end], one every `every_ms`. */
  readonly start: Ms;
  readonly end: Ms;
  readonly every_ms?: number;
  /** Bytes per second of the time up to a sample; undefined: the counter is not sampled and stands still. */
  readonly rate: (time: Ms) => Rates | undefined;
  /** Bytes per second, as a gauge. */
  readonly speed?: number;
  readonly resetAt?: Ms;
  /** The width of the counter. */
  readonly bits?: 32 | 53;
}

/** The counters of one interface as the batches of a host_metrics source, an hour each. */
export function counterBatches(feed: CounterFeed): BatchPayload[] {
  const { device, start, end, rate, speed, resetAt, host = 'h', every_ms = 10_000 } = feed;
  const full = 2 ** (feed.bits ?? 53);
  const labels = { device, host };
  const series: BatchPayload['series'] = [
    { kind: 'counter', name: 'host_network_receive_bytes_total', labels },
    { kind: 'counter', name: 'host_network_transmit_bytes_total', labels },
    ...(speed === undefined ? [] : [{ kind: 'gauge', name: 'host_network_speed_bytes', labels } as const]),
  ];
  let counters: Rates = { in: 4e9, out: 1e9 };
  const batches: BatchPayload[] = [];
  for (let from: number = start; from <= end; from += HOUR) {
    const rows: [number, number, number][] = [];
    for (let time = from; time < from + HOUR && time <= end; time += every_ms) {
      const now = rate(ms(time));
      if (now === undefined) continue;
      const secs = time === start ? 0 : every_ms / 1000;
      if (resetAt !== undefined && time - every_ms < resetAt && time >= resetAt) counters = { in: 0, out: 0 };
      counters = { in: (counters.in + now.in * secs) % full, out: (counters.out + now.out * secs) % full };
      rows.push([0, time, counters.in], [1, time, counters.out]);
      if (speed !== undefined) rows.push([2, time, speed]);
    }
    if (rows.length === 0) continue;
    batches.push({
      v: 1,
      source: `host-${device.replace(/\W/g, '')}`,
      series,
      samples: {
        series: rows.map(([which]) => which),
        time: rows.map(([, time]) => time),
        value: rows.map(([, , value]) => value),
      },
    });
  }
  return batches;
}

/** Applies batches as one collector would; `sink` keeps several feeders of one engine apart. */
export async function sendBatches(
  engine: Pick<Engine, 'hello' | 'ingest'>,
  now: Ms,
  batches: readonly BatchPayload[],
  sink = 'vigie',
): Promise<void> {
  const id = { collector: 'c', sink };
  const answer = await engine.hello({ ...id, epoch: 0, acked: { sequence: 0, digest: '' }, queued: [] }, now);
  if (answer.result !== 'rewind') throw new Error('a new sink was not given an epoch');
  for (const [i, batch] of batches.entries()) {
    const payload = Buffer.from(JSON.stringify(batch));
    const digest = createHash('sha256').update(payload).digest('hex');
    const sent = await engine.ingest({ ...id, epoch: answer.epoch, sequence: i + 1, digest }, payload, now);
    if (sent.result !== 'applied') throw new Error(`batch ${i + 1} was ${sent.result}`);
  }
}
