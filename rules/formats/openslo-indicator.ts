import { messageOf } from '../../server/model/errors.ts';
import type { Path } from '../files/yaml-file.ts';
import type { ParseSelector } from '../indicator.ts';
import { refuseMistakes } from '../query-selectors.ts';
import { countsPlainly, indicatorOfPair, indicatorOfRatio, type WrittenIndicator } from './event-ratio.ts';
import type { Remarks } from './foreign-slo.ts';
import type { OpenObjects } from './openslo-objects.ts';
import type { OpenIndicator, OpenMetric } from './openslo-schema.ts';
import { openSlices, ratioQuery, type SlicedObjective, thresholdQuery, type WrittenSlices } from './openslo-slices.ts';

type DataSources = OpenObjects['dataSources'];

/** What reads an indicator, and tells what is wrong with it. */
export interface IndicatorReading {
  readonly sources: DataSources;
  readonly parseSelector: ParseSelector;
  readonly remarks: Remarks;
  /** How the objective counts, told where the objective stands. */
  readonly sliced: SlicedObjective;
  readonly told: Remarks;
}

/** What stands under `ratioMetric` and `thresholdMetric`, in keys of ours; `at` is where the indicator's `spec` stands. */
export function openIndicator(spec: OpenIndicator, at: Path, reading: IndicatorReading): object | undefined {
  const { thresholdMetric, ratioMetric } = spec;
  const { sliced, remarks, told } = reading;
  if ((ratioMetric === undefined) === (thresholdMetric === undefined)) {
    const got = ratioMetric === undefined ? 'neither' : 'both';
    return remarks.refuse(at, `got ${got} of ratioMetric and thresholdMetric; want exactly one`);
  }
  if (thresholdMetric !== undefined) {
    const expr = promqlOf(thresholdMetric, [...at, 'thresholdMetric'], reading);
    return thresholdQuery(expr ?? '', sliced, told);
  }
  const { op, value } = sliced.objective;
  if (op !== undefined || value !== undefined)
    told.lose([...sliced.at, op === undefined ? 'value' : 'op'], 'op and value: a ratio has no threshold');
  const slices = openSlices(sliced, told);
  const indicator = ratioMetric && openRatio(ratioMetric, [...at, 'ratioMetric'], reading, slices);
  return indicator === undefined || 'query' in indicator ? indicator : { ...indicator, ...(slices && { slices }) };
}

function openRatio(
  { good, bad, total, raw, rawType, counter = false }: NonNullable<OpenIndicator['ratioMetric']>,
  ratio: Path,
  reading: IndicatorReading,
  slices: WrittenSlices | undefined,
): WrittenIndicator | object | undefined {
  const { parseSelector, remarks } = reading;
  const query = (metric: OpenMetric, side: string): string | undefined => promqlOf(metric, [...ratio, side], reading);
  if (raw !== undefined) {
    if (good !== undefined || bad !== undefined || total !== undefined || rawType === undefined)
      return remarks.refuse(ratio, 'got raw; want rawType beside it, and none of good, bad and total');
    const text = query(raw, 'raw');
    if (text === undefined) return undefined;
    const counts = rawType === 'success' ? 'good' : 'bad';
    return rawRatio(text, counts, [...ratio, 'raw'], reading, slices);
  }
  const part = good ?? bad;
  if (total === undefined || part === undefined || (good !== undefined && bad !== undefined))
    return remarks.refuse(ratio, 'want total, and exactly one of good and bad');
  const counts = good === undefined ? 'bad' : 'good';
  const [all, one] = [query(total, 'total'), query(part, counts)];
  if (all === undefined || one === undefined) return undefined;
  return remarks.attempt([...ratio, counts], () => {
    if (!counter && countsPlainly(all)) throw new Error(NO_COUNTER);
    return indicatorOfPair({ total: all, part: one, counts }, parseSelector);
  });
}

const NO_COUNTER =
  'got a series without rate() or increase(), and no "counter: true"; want one of them, for gauges count no events';

/** The keys of a source's `spec` that hold the query, and those that say nothing else. */
const QUERIES = ['query', 'promql'];
const IDLE = ['queryType', 'dimensions'];

/** A ratio of counts counts them; any other is asked for each slice, where there are slices. */
function rawRatio(
  text: string,
  counts: 'good' | 'bad',
  at: Path,
  { parseSelector, remarks }: IndicatorReading,
  slices: WrittenSlices | undefined,
): object | undefined {
  if (slices === undefined) return remarks.attempt(at, () => indicatorOfRatio(text, counts, parseSelector));
  try {
    return indicatorOfRatio(text, counts, parseSelector);
  } catch (error) {
    remarks.lose(at, `no counts (${messageOf(error)}): it is asked once for each slice, at its end`);
    return ratioQuery(counts === 'bad' ? text : `1 - (${text})`, slices);
  }
}

function promqlOf(
  { metricSource }: OpenMetric,
  at: Path,
  { sources, parseSelector, remarks }: IndicatorReading,
): string | undefined {
  const { metricSourceRef, type: own, spec } = metricSource;
  const path: Path = [...at, 'metricSource'];
  const referred = metricSourceRef === undefined ? undefined : sources.get(metricSourceRef)?.object.spec.type;
  const type = own ?? referred;
  if (type === undefined) {
    const name = metricSourceRef === undefined ? 'no type' : `no type, and there is no DataSource ${metricSourceRef}`;
    return remarks.refuse(path, `got ${name}; want type: Prometheus`);
  }
  if (type.toLowerCase() !== 'prometheus')
    return remarks.refuse(
      [...path, 'type'],
      `got the type ${JSON.stringify(type)}; want Prometheus, whose queries Vigie reads`,
    );
  const keys = Object.keys(spec).filter((key) => QUERIES.includes(key));
  const [key] = keys;
  const text = key === undefined ? undefined : spec[key];
  if (keys.length !== 1 || typeof text !== 'string')
    return remarks.refuse([...path, 'spec'], 'want query: with a PromQL expression');
  for (const other of Object.keys(spec).filter((one) => ![...QUERIES, ...IDLE].includes(one)))
    remarks.lose([...path, 'spec', other], `${JSON.stringify(other)} of the source`);
  return remarks.attempt([...path, 'spec', key ?? ''], () => {
    refuseMistakes(text, parseSelector);
    return text;
  });
}
