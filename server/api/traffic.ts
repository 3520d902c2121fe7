import { type Request, Router } from 'express';
import { VigieError } from '../model/errors.ts';
import { TRAFFIC_RANGES, type TrafficRange } from '../model/traffic.ts';
import { isZone, localZone } from '../model/zones.ts';
import type { TrafficQuestion, TrafficService } from '../traffic/traffic-service.ts';
import { invalid, param, timeParam } from './params.ts';

/** Traffic of network interfaces: all at a glance, and one over a day, a week, a month or a year. */
export function trafficRoutes(traffic: TrafficService): Router {
  const router = Router();
  router.get('/api/vigie/traffic', async (_request, response) => {
    response.json(await traffic.overview());
  });
  router.get('/api/vigie/traffic/:host/:device', async (request, response) => {
    response.json(await traffic.detail(trafficQuestion(request, param(request, 'range') ?? 'day')));
  });
  return router;
}

/** The interface and zone a request names. Throws `bad_request`. */
export function trafficQuestion(request: Request, text: string): TrafficQuestion {
  const end = timeParam(request, 'end');
  return {
    host: String(request.params.host),
    device: String(request.params.device),
    range: rangeOf(text),
    zone: zoneParam(request),
    ...(end !== undefined && { end }),
  };
}

/** An IANA name, the server's own zone when left out. */
export function zoneParam(request: Request): string {
  const zone = param(request, 'zone');
  if (zone === undefined) return localZone();
  if (!isZone(zone)) throw invalid('zone', `got ${JSON.stringify(zone)}; want an IANA name such as Europe/Paris`);
  return zone;
}

function rangeOf(text: string): TrafficRange {
  const range = TRAFFIC_RANGES.find((candidate) => candidate === text);
  if (range !== undefined) return range;
  throw new VigieError('bad_request', `got range ${JSON.stringify(text)}; want ${TRAFFIC_RANGES.join(', ')}`);
}
