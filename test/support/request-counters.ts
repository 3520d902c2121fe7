import type { BatchPayload } from '../../server/model/batch.ts';

/** Three hours of requests to `shop`, 98 good and 2 bad a minute, and word from their source that this is all. */
export function requestBatches(now: number): BatchPayload[] {
  const times = Array.from({ length: 180 }, (_, i) => Math.floor(now / 1000) - (180 - i) * 60);
  const series = ['200', '500'].map((status) => ({
    kind: 'sum' as const,
    name: 'http_requests_total',
    labels: { service: 'shop', method: 'GET', status },
  }));
  const counts = times.flatMap(() => [98, 2]);
  const increments = {
    series: times.flatMap(() => [0, 1]),
    time: times.flatMap((time) => [time, time]),
    n: counts,
    sum: counts,
  };
  const watermark = { completeTo: now, service: 'shop', newestEvent: now, state: 'ok' as const };
  return [{ v: 1, source: 'access', series, increments, watermark }];
}
