import type { SeriesSlots } from '../model/engine.ts';
import type {
  TrafficDetail,
  TrafficDirection,
  TrafficDirectionName,
  TrafficInterface,
  TrafficRange,
  TrafficSpark,
} from '../model/traffic.ts';
import { MINUTE, type Ms, ms } from '../model/units.ts';
import { counterCurve, type Stretch } from './counter-curve.ts';
import { capacityOf, type InterfaceSlots, newestOf } from './interfaces.ts';
import { extremes, figuresOf, knownBetween, meanRates } from './rates.ts';
import { evenBorders, RANGE_SHAPES, stepBorders } from './steps.ts';

/** "Current" is the mean of this much data, the newest; and it is current only as long as the data is not older than that. */
const CURRENT_SPAN = ms(5 * MINUTE);
const CURRENT_AGE = ms(10 * MINUTE);
/** Samples that are taken every few minutes need this much time to make a stretch of the current span. */
export const RECENT_SPAN = ms(30 * MINUTE);

export interface ReportWindow {
  readonly range: TrafficRange;
  readonly end: Ms;
  readonly zone: string;
}

/** The end of a range that reaches up to `now`: the newest data, so that the last step is no gap; `now` when data stopped. */
export function liveEnd(newest: number | undefined, now: Ms): Ms {
  return newest !== undefined && newest <= now && now - newest <= CURRENT_SPAN ? ms(newest) : now;
}

/**
 * One graph: columns per step and the figures of the whole range.
 * @param slots of the range, in slots of the shape's `peak`. @param recent of the last `RECENT_SPAN`, in slots of a minute.
 */
export function trafficDetail(
  slots: InterfaceSlots,
  recent: InterfaceSlots | undefined,
  { range, end, zone }: ReportWindow,
): TrafficDetail {
  const shape = RANGE_SHAPES[range];
  const borders = stepBorders(shape, end, zone);
  const start = ms(borders[0] ?? end);
  const peaks = evenBorders(start, end, shape.peak);
  const bases = evenBorders(start, end, shape.base);
  const direction = (name: TrafficDirectionName): TrafficDirection => {
    const curve = curveOf(slots, name);
    const [all = { bytes: 0, ms: 0 }] = knownBetween(curve, [start, end]);
    return {
      mean: meanRates(curve, borders),
      ...extremes(meanRates(curve, peaks), peaks, borders),
      figures: figuresOf(meanRates(curve, bases), all, recent && currentRate(recent, name, end)),
    };
  };
  const secs = (length: number): number => length / 1000;
  return {
    ...identity(slots),
    range,
    start,
    end,
    step_secs: secs(shape.step),
    peak_secs: secs(shape.peak),
    base_secs: secs(shape.base),
    zone,
    time: borders.slice(1),
    in: direction('in'),
    out: direction('out'),
  };
}

/** A row of the overview. */
export function trafficInterface(
  slots: InterfaceSlots,
  recent: InterfaceSlots | undefined,
  borders: readonly number[],
  now: Ms,
): TrafficInterface {
  const spark = (name: TrafficDirectionName): TrafficSpark => {
    const current = recent && currentRate(recent, name, now);
    return { ...(current !== undefined && { current }), mean: meanRates(curveOf(slots, name), borders) };
  };
  return { ...identity(slots), in: spark('in'), out: spark('out') };
}

function identity(slots: InterfaceSlots) {
  const { host, device } = slots;
  const [capacity, newest] = [capacityOf(slots), newestOf(slots)];
  return { host, device, ...(capacity !== undefined && { capacity }), ...(newest !== undefined && { newest }) };
}

function currentRate(recent: InterfaceSlots, name: TrafficDirectionName, now: Ms): number | undefined {
  const curve = curveOf(recent, name);
  const end = curve.at(-1)?.end;
  if (end === undefined || now - end > CURRENT_AGE) return undefined;
  const [known] = knownBetween(curve, [end - CURRENT_SPAN, end]);
  return known === undefined || known.ms === 0 ? undefined : (known.bytes / known.ms) * 1000;
}

function curveOf(slots: InterfaceSlots, name: TrafficDirectionName): readonly Stretch[] {
  const series: SeriesSlots | undefined = slots[name];
  return series === undefined ? [] : counterCurve(series, capacityOf(slots));
}
