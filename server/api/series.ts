import type { Request } from 'express';
import type { Engine, Listing, SeriesQuery } from '../model/engine.ts';
import { messageOf } from '../model/errors.ts';
import { parseSelector } from '../promql/parse.ts';
import { CUT_WARNING } from '../promql/range-answer.ts';
import { unescapeName } from './escaped-name.ts';
import { invalid, listParam, timeParam } from './params.ts';
import { limitParam, type PrometheusAnswer, type PrometheusDoor } from './prometheus-door.ts';

/** Which series, labels and values there are: `series`, `labels`, `label/<name>/values`. */
export function seriesEndpoints({ get, getOrPost }: PrometheusDoor, engine: Engine): void {
  getOrPost('/series', async (request) => {
    const query = seriesQuery(request);
    if (query.selectors.length === 0) throw invalid('match[]', 'no match[] parameter provided');
    return listed(await engine.listSeries(query), ({ name, labels }) => ({ __name__: name, ...labels }));
  });
  getOrPost('/labels', async (request) => listed(await engine.listLabels(seriesQuery(request)), (name) => name));
  get('/label/:name/values', async (request) => {
    const label = unescapeName(String(request.params.name));
    return listed(await engine.listLabelValues(seriesQuery(request), label), (value) => value);
  });
}

function seriesQuery(request: Request): SeriesQuery {
  const [start, end, limit] = [timeParam(request, 'start'), timeParam(request, 'end'), limitParam(request)];
  return {
    selectors: selectorsParam(request),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(limit !== undefined && { limit }),
  };
}

function selectorsParam(request: Request): SeriesQuery['selectors'] {
  return listParam(request, 'match[]').map((text) => {
    try {
      return parseSelector(text);
    } catch (error) {
      throw invalid('match[]', messageOf(error));
    }
  });
}

function listed<Item>({ items, cut }: Listing<Item>, write: (item: Item) => unknown): PrometheusAnswer {
  return { data: items.map(write), ...(cut && { warnings: [CUT_WARNING] }) };
}
