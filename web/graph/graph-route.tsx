import { useSignal, useSignalEffect } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { GraphData } from '../../server/model/graph.ts';
import type { Answer, Failure } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import { addressOf } from '../frame/address.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { RELEASES_PART, useReleaseMarks } from '../frame/release-marks.tsx';
import { useServices } from '../frame/services.ts';
import { serverTime } from '../live/live-state.ts';
import { usePageWords } from '../words/page-words.ts';
import { GraphPage } from './graph-page.tsx';
import { type GraphRange, readGraphRange, spanOf, writeGraphRange } from './graph-range.ts';
import { type InstantAnswer, instantRows } from './instant-answer.ts';
import type { InstantTableProps } from './instant-table.tsx';
import { mergedGraph } from './merged-graph.ts';
import { askedQueries, type GraphView, type PageQuery, readQueries, readView, writeQueries } from './page-queries.ts';
import { QueryForm } from './query-form.tsx';
import { useAnswers } from './use-answers.ts';
import { graphPageWords } from './words.ts';

/** One point a pixel at most, whatever the screen. */
const MIN_POINTS = 100;
const MAX_POINTS = 1200;

/** What is wrong with the way to the server rather than with a query. */
const WAY_FAILURES: readonly string[] = ['unauthorized', 'unreachable'];

export function GraphRoute() {
  const { api, live } = useServices();
  const w = usePageWords(graphPageWords);
  const { queries, view, range, marked } = useGraphAddress();
  const before = useSignal<readonly GraphRange[]>([]);
  const marks = useReleaseMarks(marked);
  const shown = live.state.value.shown;
  const now = shown === undefined ? live.now.value : serverTime(shown, live.now.value);
  const asked = askedQueries(queries.value);
  const question = JSON.stringify([asked, view.value, range.value]);
  const { answers, cancel, cancelled, again } = useAnswers(question, (signal) =>
    asked.map((query) => ask(api, query, { view: view.value, ...spanOf(range.value, now), signal })),
  );
  const graph = useMemo(() => graphOf(answers), [answers]);
  const instant = useMemo(() => instantOf(answers), [answers]);
  const failures = answers.flatMap(({ letter, answer }) => (answer.ok ? [] : [{ letter, failure: answer.failure }]));
  const failure = failures.find(({ failure: { code } }) => WAY_FAILURES.includes(code))?.failure;
  return (
    <>
      {failure !== undefined && (
        <FailureNotice what="failed_graph" failure={failure} alone={false} api={api} onRetry={again} />
      )}
      <GraphPage
        form={
          <>
            <QueryForm
              queries={queries.value}
              refused={failure === undefined ? new Map(failures.map((one) => [one.letter, one.failure])) : NONE}
              onRun={run}
              onCancel={cancel}
            />
            <p role="status">{cancelled && w('cancelled')}</p>
          </>
        }
        view={view.value}
        onView={(choice) => (view.value = choice)}
        data={graph}
        single={asked.length === 1}
        marks={marks}
        instant={instant}
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

  /** The same queries once more are asked again. */
  function run(next: readonly PageQuery[]): void {
    if (JSON.stringify(next) === JSON.stringify(queries.value)) again();
    queries.value = next;
  }

  function back(): void {
    const last = before.value.at(-1);
    before.value = before.value.slice(0, -1);
    if (last !== undefined) range.value = last;
  }
}

/** What is asked and how it is shown lives in the address, so that a reload or a colleague sees the same graph. */
function useGraphAddress() {
  const queries = useSignal(readQueries(location.search));
  const view = useSignal(readView(location.search));
  const range = useSignal(readGraphRange(location.search));
  const marked = useSignal(addressOf(RELEASES_PART));
  useSignalEffect(() => {
    const shown: [string, string][] = view.value === 'graph' ? [] : [['view', view.value]];
    const marks: [string, string][] = marked.value ? [[RELEASES_PART.name, '1']] : [];
    const params = [
      ...writeQueries(queries.value),
      ...Object.entries(writeGraphRange(range.value)),
      ...shown,
      ...marks,
    ];
    history.replaceState(history.state, '', `${location.pathname}?${new URLSearchParams(params)}`);
  });
  return { queries, view, range, marked };
}

const NONE: ReadonlyMap<string, Failure> = new Map();

type LetteredAnswer = { readonly letter: string } & (
  | { readonly view: 'graph'; readonly answer: Answer<GraphData> }
  | { readonly view: 'table'; readonly time: number; readonly answer: Answer<InstantAnswer> }
);

interface Look {
  readonly view: GraphView;
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
}

async function ask(
  api: Api,
  { letter, text: query }: ReturnType<typeof askedQueries>[number],
  { view, start, end, signal }: Look,
): Promise<LetteredAnswer> {
  if (view === 'graph') {
    const points = Math.min(MAX_POINTS, Math.max(MIN_POINTS, document.documentElement.clientWidth));
    return { letter, view, answer: await api.graph({ query, start, end, points }, signal) };
  }
  const params = new URLSearchParams({ query, time: String(end / 1000), limit: String(MOST_SERIES) });
  const answer = await api.ask<InstantAnswer>(`/api/v1/query?${params}`, 'GET', undefined, signal);
  return { letter, view, time: end, answer };
}

/** What a browser still sorts at once. */
const MOST_SERIES = 5000;

function graphOf(answers: readonly LetteredAnswer[]): GraphData | undefined {
  return mergedGraph(
    answers.flatMap((one) =>
      one.view === 'graph' && one.answer.ok ? [{ letter: one.letter, data: one.answer.data }] : [],
    ),
  );
}

function instantOf(answers: readonly LetteredAnswer[]): InstantTableProps | undefined {
  const tables = answers.flatMap((one) =>
    one.view === 'table' && one.answer.ok ? [{ ...one, data: one.answer.data }] : [],
  );
  const [first] = tables;
  if (first === undefined) return undefined;
  return {
    time: first.time,
    rows: tables.flatMap(({ letter, data }) => instantRows(letter, data)),
    notes: [...new Set(tables.flatMap(({ data }) => [...(data.warnings ?? []), ...(data.infos ?? [])]))],
  };
}
