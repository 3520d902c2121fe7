import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { messageOf } from '../model/errors.ts';
import { createLog } from './log.ts';

const TRACER = 'vigie';

/** How long one export may try, unless the environment says otherwise: a receiver that is away must not hold up a stop. */
const EXPORT_TIMEOUT_MS = 2000;
/** How long a stop waits for the last spans. */
const FLUSH_TIMEOUT_MS = 2500;

export type SpanAttributes = Readonly<Record<string, string | number>>;

/**
 * Starts OpenTelemetry when `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and returns how to send the last spans and stop it, which never
 * rejects. Without it nothing is loaded and every span costs nothing. One call per thread. The other variables of
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/ hold too; metrics and logs are not exported.
 */
export async function startTracing(serviceName: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => {};
  // The SDK takes this option from the environment alone.
  env.OTEL_EXPORTER_OTLP_TIMEOUT ??= String(EXPORT_TIMEOUT_MS);
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, metricReaders: [], logRecordProcessors: [] });
  sdk.start();
  return () => flush(() => sdk.shutdown(), serviceName);
}

async function flush(shutdown: () => Promise<void>, serviceName: string): Promise<void> {
  const late = new AbortController();
  const lateness = sleep(FLUSH_TIMEOUT_MS, 'the receiver does not answer', { signal: late.signal }).catch(
    () => undefined,
  );
  const cause = await Promise.race([shutdown().then(() => undefined, messageOf), lateness]);
  late.abort();
  if (cause !== undefined)
    createLog('tracing').warn('Cannot send the last spans.', { thread: serviceName, error: cause });
}

/** Runs `work` inside a span, a child of `traceparent` (W3C Trace Context) when given. A rejection marks the span failed. */
export function inSpan<T>(
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
  traceparent?: string,
): Promise<T> {
  const parent = traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent });
  return trace.getTracer(TRACER).startActiveSpan(name, { attributes }, parent, (span) => finish(span, work));
}

/** The same for work that waits for nothing. */
export function inSyncSpan<T>(name: string, attributes: SpanAttributes, work: () => T): T {
  return trace.getTracer(TRACER).startActiveSpan(name, { attributes }, (span) => {
    try {
      return work();
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The active span as a `traceparent` header, when there is one. */
export function currentTraceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

async function finish<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    fail(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
}
