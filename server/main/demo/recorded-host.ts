import { setTimeout as sleep } from 'node:timers/promises';
import type { ComponentContext, MetricBatch, Source, SourceOutput } from '../../../collector/main.ts';
import type { Labels } from '../../model/labels.ts';
import type { Ms } from '../../model/units.ts';
import { type HostReading, LINK_BYTES, readingsOf } from './interfaces.ts';
import type { Story } from './story.ts';

const SAMPLED_TO = 'sampled_to';
/** Readings in one batch. */
const BATCH = 500;
const PACKET_BYTES = 900;
const RETRY_MS = 1000;

export interface RecordedHostOptions {
  readonly story: Story;
  readonly seed: number;
  readonly host: string;
}

/**
 * A `host_metrics` source of a machine that is not there: hands over its past readings as fast as they are taken, then one at each
 * moment. It goes on behind the last reading that was committed.
 */
export function createRecordedHost({ story, seed, host }: RecordedHostOptions, context: ComponentContext): Source {
  const { now, telemetry } = context;
  const send = async (readings: readonly HostReading[], { emit }: SourceOutput): Promise<void> => {
    const last = readings.at(-1);
    if (last === undefined) return;
    const batch = batchOf(readings, host);
    const samples = batch.samples.time.length;
    telemetry.received(samples, 0);
    const progress = { completeTo: last.time, newestEvent: last.time, state: 'ok' as const };
    await emit({ batch, positions: { [SAMPLED_TO]: last.time }, progress });
    telemetry.sent(samples, 0);
  };
  return {
    type: 'host_metrics',
    replayable: true,
    run: async (output) => {
      try {
        let waiting: HostReading[] = [];
        for (const reading of readingsAfter(output.positions[SAMPLED_TO])) {
          const isAhead = reading.time > now();
          if (waiting.length === BATCH || isAhead) {
            await untilSent(() => send(waiting, output), output.signal);
            waiting = [];
          }
          if (isAhead) await sleep(reading.time - now(), undefined, { signal: output.signal });
          waiting.push(reading);
        }
      } catch (error) {
        if (!output.signal.aborted) throw error;
      }
    },
  };

  function* readingsAfter(position: unknown): Generator<HostReading> {
    const sampledTo = typeof position === 'number' ? position : 0;
    for (const reading of readingsOf(story, seed, host)) if (reading.time > sampledTo) yield reading;
  }
}

/** The disk may refuse for a while; the same batch is offered again. */
async function untilSent(send: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

function batchOf(readings: readonly HostReading[], host: string): MetricBatch {
  const series: { kind: 'counter' | 'gauge'; name: string; labels: Labels }[] = [];
  const samples: { series: number[]; time: number[]; value: number[] } = { series: [], time: [], value: [] };
  const indices = new Map<string, number>();
  const add = (kind: 'counter' | 'gauge', name: string, labels: Labels, time: Ms, value: number): void => {
    const key = `${name} ${labels.device ?? ''}`;
    const index = indices.get(key) ?? series.push({ kind, name, labels }) - 1;
    indices.set(key, index);
    samples.series.push(index);
    samples.time.push(time);
    samples.value.push(value);
  };
  for (const { time, interfaces, load } of readings) {
    for (const { device, receive_bytes, transmit_bytes } of interfaces) {
      const labels = { device, host };
      add('counter', 'host_network_receive_bytes_total', labels, time, receive_bytes);
      add('counter', 'host_network_transmit_bytes_total', labels, time, transmit_bytes);
      add('counter', 'host_network_receive_packets_total', labels, time, Math.floor(receive_bytes / PACKET_BYTES));
      add('counter', 'host_network_transmit_packets_total', labels, time, Math.floor(transmit_bytes / PACKET_BYTES));
      add('gauge', 'host_network_speed_bytes', labels, time, LINK_BYTES);
    }
    add('gauge', 'host_load1', { host }, time, Number(load.toFixed(2)));
  }
  return { kind: 'metrics', series, increments: { series: [], time: [], n: [], sum: [] }, samples };
}
