import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { TrafficDetail, TrafficOverview, TrafficRange } from '../model/traffic.ts';
import { DAY, MINUTE, type Ms, ms } from '../model/units.ts';
import { type InterfaceSlots, interfaceSelector, interfacesOf, newestOf } from './interfaces.ts';
import { evenBorders, RANGE_SHAPES, type RangeShape } from './steps.ts';
import { liveEnd, RECENT_SPAN, trafficDetail, trafficInterface } from './traffic-report.ts';

/** Rows of one overview: what a browser still sorts at once. */
const MAX_INTERFACES = 500;
const SPARK_STEP = ms(30 * MINUTE);
/** Wall screens and tabs that ask within this time share one answer. */
const FRESH_MS = 5000;

export interface TrafficQuestion {
  readonly host: string;
  readonly device: string;
  readonly range: TrafficRange;
  readonly zone: string;
  /** The newest data, or now, when left out. */
  readonly end?: Ms;
}

/** What API, pictures and pages say of interfaces. */
export interface TrafficService {
  overview(): Promise<TrafficOverview>;
  /** Rejects with `not_found` when no such interface ever counted. */
  detail(question: TrafficQuestion): Promise<TrafficDetail>;
}

export function createTrafficService(engine: Pick<Engine, 'slots'>, clock: Clock): TrafficService {
  let latest: { readonly time: Ms; readonly overview: Promise<TrafficOverview> } | undefined;
  return {
    overview: () => {
      const time = clock.now();
      if (latest !== undefined && Math.abs(time - latest.time) < FRESH_MS) return latest.overview;
      const asked = { time, overview: overviewAt(engine, time) };
      latest = asked;
      // A failed answer is nobody's answer later.
      asked.overview.catch(() => {
        if (latest === asked) latest = undefined;
      });
      return asked.overview;
    },
    detail: (question) => detailAt(engine, question, clock.now()),
  };
}

async function overviewAt(engine: Pick<Engine, 'slots'>, now: Ms): Promise<TrafficOverview> {
  const borders = evenBorders(ms(now - DAY), now, SPARK_STEP);
  const selector = interfaceSelector();
  const [day, recent] = await Promise.all([
    engine.slots({ selector, start: ms(borders[0] ?? now), end: now, step: SPARK_STEP }),
    engine.slots({ selector, start: ms(now - RECENT_SPAN), end: now, step: MINUTE }),
  ]);
  const recents = new Map(interfacesOf(recent).map((one) => [keyOf(one), one]));
  const all = interfacesOf(day).sort((a, b) => (newestOf(b) ?? 0) - (newestOf(a) ?? 0));
  const interfaces = all
    .slice(0, MAX_INTERFACES)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map((one) => trafficInterface(one, recents.get(keyOf(one)), borders, now));
  return { time: now, steps: borders.slice(1), interfaces, left_out: all.length - interfaces.length };
}

async function detailAt(engine: Pick<Engine, 'slots'>, question: TrafficQuestion, now: Ms): Promise<TrafficDetail> {
  const { host, device, range, zone } = question;
  const selector = interfaceSelector(question);
  const start = ms(now - RECENT_SPAN);
  const [recent] = interfacesOf(await engine.slots({ selector, start, end: now, step: MINUTE }));
  if (recent === undefined) {
    throw new VigieError('not_found', `cannot find interface ${JSON.stringify(device)} of ${JSON.stringify(host)}`);
  }
  const end = question.end ?? liveEnd(newestOf(recent), now);
  const shape = RANGE_SHAPES[range];
  const [slots] = interfacesOf(await engine.slots({ selector, ...fetchWindow(shape, end) }));
  return trafficDetail(slots ?? recent, question.end === undefined ? recent : undefined, { range, end, zone });
}

/** Two steps more at the start: the first begins at a border, and a day may have 25 hours; the last slot may hold samples after `end`. */
function fetchWindow({ span, step, peak }: RangeShape, end: Ms) {
  return { start: ms(end - span - 2 * step), end, step: peak };
}

function keyOf({ host, device }: InterfaceSlots): string {
  return JSON.stringify([host, device]);
}
