import { readFileSync } from 'node:fs';
import { type Labels, sortLabels } from '../../server/model/labels.ts';
import type { MetricBatch, SourceProgress } from '../batch.ts';
import type { ComponentContext, Source, SourceOutput } from '../component.ts';
import { handOver, pause } from './hand-over.ts';
import { addressGuard } from './probe/address-guard.ts';
import { type CheckContext, check, type Findings } from './probe/check.ts';
import { failureOf, type ProbeFailure } from './probe/probe-failure.ts';
import type { ProbeOptions, ProbeTarget } from './probe-options.ts';

/** One probe of a target. */
interface Probe {
  readonly target: ProbeTarget;
  readonly took_secs: number;
  readonly found: Findings;
  readonly failure?: ProbeFailure;
}

/**
 * Probes all targets at whole multiples of the interval. The probes of one moment are one batch: gauges under the names of Prometheus'
 * blackbox exporter, and `probe_checks_total{result}`, whose increments are what an availability is counted of.
 */
export function createProbeSource(options: ProbeOptions, context: ComponentContext): Source {
  const { telemetry, now } = context;
  const guard = addressGuard(options.allow);
  const parts = { guard, maxBody: options.max_body, readFile: (path: string) => readFileSync(path, 'utf8') };
  let completeTo = 0;
  const tick = async (output: SourceOutput): Promise<void> => {
    const time = now();
    const probes = await probeAll(options, { ...parts, signal: output.signal }, now);
    if (output.signal.aborted) return;
    telemetry.received(probes.length, 0);
    completeTo = Math.max(completeTo, time);
    const progress: SourceProgress = { completeTo, newestEvent: completeTo, state: 'ok', ...noteOf(probes) };
    if (await handOver({ batch: batchOf(probes, time), positions: {}, progress }, output))
      telemetry.sent(probes.length, 0);
  };
  return {
    type: 'probe',
    replayable: false,
    async run(output: SourceOutput): Promise<void> {
      while (!output.signal.aborted) {
        await tick(output);
        await pause(options.interval - (now() % options.interval), output.signal);
      }
    },
  };
}

/** A bounded number at once, the next as soon as one is done. */
async function probeAll(options: ProbeOptions, context: CheckContext, now: () => number): Promise<readonly Probe[]> {
  const { targets, max_concurrent, timeout } = options;
  const probes: Probe[] = [];
  const waiting = targets.entries();
  const work = async (): Promise<void> => {
    for (const [i, target] of waiting) probes[i] = await probe(target, timeout, context, now);
  };
  await Promise.all(Array.from({ length: Math.min(max_concurrent, targets.length) }, work));
  return probes;
}

async function probe(target: ProbeTarget, timeout: number, context: CheckContext, now: () => number): Promise<Probe> {
  const began = now();
  const found: Findings = {};
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
  try {
    await unlessAborted(check(target, { ...context, signal }, found), signal);
    return { target, found, took_secs: (now() - began) / 1000 };
  } catch (error) {
    return { target, found, took_secs: (now() - began) / 1000, failure: failureOf(error) };
  }
}

/** Looking a name up cannot be stopped, only left alone. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { signal: over.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}

/** What fails, for the status page. */
function noteOf(probes: readonly Probe[]): Pick<SourceProgress, 'note'> {
  const failed = probes.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (first === undefined) return {};
  return {
    note: `${failed.length} of ${probes.length} targets fail: ${first.target.name}: ${first.failure?.message}`.slice(
      0,
      500,
    ),
  };
}

function batchOf(probes: readonly Probe[], time: number): MetricBatch {
  const gauges = probes.flatMap((one) =>
    gaugesOf(one).map(([name, value]) => ({ name, value, labels: labelsOf(one.target) })),
  );
  const counts = probes.map(({ target, failure }) => {
    const result: Labels =
      failure === undefined ? { result: 'success' } : { result: 'failure', reason: failure.reason };
    return { name: 'probe_checks_total', labels: sortLabels({ ...labelsOf(target), ...result }) };
  });
  return {
    kind: 'metrics',
    series: [
      ...gauges.map(({ name, labels }) => ({ kind: 'gauge', name, labels }) as const),
      ...counts.map(({ name, labels }) => ({ kind: 'sum', name, labels }) as const),
    ],
    increments: {
      series: counts.map((_, i) => gauges.length + i),
      time: counts.map(() => Math.ceil(time / 1000)),
      n: counts.map(() => 1),
      sum: counts.map(() => 1),
    },
    samples: {
      series: gauges.map((_, i) => i),
      time: gauges.map(() => time),
      value: gauges.map(({ value }) => value),
    },
  };
}

function gaugesOf({ took_secs, found: { status, expiry }, failure }: Probe): readonly (readonly [string, number])[] {
  return [
    ['probe_success', failure === undefined ? 1 : 0],
    ['probe_duration_seconds', took_secs],
    ...(status === undefined ? [] : [['probe_http_status_code', status] as const]),
    ...(expiry === undefined ? [] : [['probe_ssl_earliest_cert_expiry', expiry] as const]),
  ];
}

function labelsOf(target: ProbeTarget): Labels {
  return sortLabels({ check: target.check, target: target.name, instance: instanceOf(target) });
}

/** What is probed; a query of an address may hold a secret. */
function instanceOf(target: ProbeTarget): string {
  if (target.check === 'http') return target.url.replace(/[?#].*$/, '');
  return target.check === 'dns' ? target.query : `${target.address.host}:${target.address.port}`;
}
