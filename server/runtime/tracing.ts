import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { messageOf } from '../model/errors.ts';

const TRACER = 'vigie';

export type SpanAttributes = Readonly<Record<string, string | number>>;

/**
 * Starts OpenTelemetry when `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and returns how to stop it. Without it nothing is loaded and
 * every span costs nothing. One call per thread.
 */
export async function startTracing(serviceName: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => {};
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName });
  sdk.start();
  return () => sdk.shutdown();
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
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}
