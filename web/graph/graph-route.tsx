import { useSignal, useSignalEffect } from '@preact/signals';
import type { GraphData } from '../../server/model/graph.ts';
import type { Answer } from '../api/answer.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useRefreshed } from '../frame/refreshed.ts';
import { useServices } from '../frame/services.ts';
import { serverTime } from '../live/live-state.ts';
import { GraphPage } from './graph-page.tsx';
import { type GraphRange, readGraphRange, spanOf, writeGraphRange } from './graph-range.ts';

/** One point a pixel at most, whatever the screen. */
const MIN_POINTS = 100;
const MAX_POINTS = 1200;

const NOTHING: Answer<GraphData | undefined> = { ok: true, data: undefined };

export function GraphRoute() {
  const { api, live } = useServices();
  const query = useSignal(new URLSearchParams(location.search).get('query') ?? '');
  const range = useSignal(readGraphRange(location.search));
  const before = useSignal<readonly GraphRange[]>([]);
  useSignalEffect(() => {
    const params = { ...(query.value !== '' && { query: query.value }), ...writeGraphRange(range.value) };
    history.replaceState(history.state, '', `${location.pathname}?${new URLSearchParams(params)}`);
  });
  const shown = live.state.value.shown;
  const now = shown === undefined ? live.now.value : serverTime(shown, live.now.value);
  const points = Math.min(MAX_POINTS, Math.max(MIN_POINTS, document.documentElement.clientWidth));
  const question = JSON.stringify([query.value, range.value]);
  const { data, failure, retry } = useRefreshed(question, async () =>
    query.value === '' ? NOTHING : api.graph({ query: query.value, ...spanOf(range.value, now), points }),
  );
  const refused = failure?.code === 'bad_query' || failure?.code === 'execution' ? failure : undefined;
  return (
    <>
      {failure !== undefined && refused === undefined && (
        <FailureNotice what="failed_graph" failure={failure} alone={false} api={api} onRetry={retry} />
      )}
      <GraphPage
        query={query.value}
        onQuery={(text) => (query.value = text)}
        data={refused === undefined ? data : undefined}
        refused={refused}
        range={range.value}
        now={now}
        onRange={(next) => {
          before.value = [...before.value, range.value];
          range.value = next;
        }}
        onBack={before.value.length === 0 ? undefined : back}
      />
    </>
  );

  function back(): void {
    const last = before.value.at(-1);
    before.value = before.value.slice(0, -1);
    if (last !== undefined) range.value = last;
  }
}
