import { useSignal, useSignalEffect } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { LogPage } from '../../server/model/logs.ts';
import type { Failure } from '../api/answer.ts';
import { addressOf, queryWith } from '../frame/address.ts';
import { useAnswerTo } from '../frame/answer-to.ts';
import { PageFailure } from '../frame/page-failure.tsx';
import { RELEASES_PART, useReleaseMarks } from '../frame/release-marks.tsx';
import { useServices } from '../frame/services.ts';
import { spanOf } from '../graph/graph-range.ts';
import { serverTime } from '../live/live-state.ts';
import { logQuestions, type Span } from './log-questions.ts';
import { type LogSearch, readLogSearch, writeLogSearch } from './log-search.ts';
import { LogsPage } from './logs-page.tsx';
import { logWords } from './words.ts';
import '../style/logs.css';

/** The page's clock ticks every 5 s: a range up to now reaches that far beyond it. */
const TICK_MS = 5000;

export function LogsRoute() {
  const { api, live } = useServices();
  const search = useSignal(readLogSearch(location.search));
  const before = useSignal<readonly LogSearch[]>([]);
  const marked = useSignal(addressOf(RELEASES_PART));
  const marks = useReleaseMarks(marked);
  const attempt = useSignal(0);
  useSignalEffect(() => {
    const query = queryWith(writeLogSearch(search.value), RELEASES_PART.name, RELEASES_PART.write(marked.value));
    history.replaceState(history.state, '', location.pathname + query);
  });
  const { shown, failure } = live.state.value;
  const now = shown === undefined ? live.now.value : serverTime(shown, live.now.value);
  // Ages depend on the server's clock alone: without it the browser's will do.
  const ready = shown !== undefined || failure !== undefined;
  const question = JSON.stringify([ready, attempt.value, { ...search.value, follow: false }]);
  const span = useMemo(() => {
    const { start, end } = spanOf(search.value.range, now);
    return search.value.range.kind === 'last' ? { start, end: end + TICK_MS } : { start, end };
  }, [question]);
  const answers = useLogAnswers(ready ? question : undefined, search.value, span);
  const { pages, failure: failed } = answers.lines;
  const refused = search.value.regex !== '' && (failed?.code === 'bad_query' || failed?.code === 'bad_request');
  return (
    <>
      {failed !== undefined && !refused && (
        <PageFailure words={logWords} what="failed" failure={failed} api={api} onRetry={again} />
      )}
      <LogsPage
        search={search.value}
        onSearch={(change) => {
          if (change.range !== undefined) before.value = [...before.value, search.value];
          search.value = { ...search.value, ...change };
          attempt.value++;
        }}
        onBack={before.value.length === 0 ? undefined : back}
        now={now}
        refused={refused ? failed : undefined}
        histogram={answers.histogram.data}
        histogramFailure={failed === undefined ? answers.histogram.failure : undefined}
        labels={answers.labels.data}
        marks={marks}
        span={answers.lines.span}
        pages={pages}
        stored={answers.stored.data?.store.logs}
        onMore={answers.lines.more}
        moreFailure={answers.lines.moreFailure}
      />
    </>
  );

  function again(): void {
    attempt.value++;
    live.start();
  }

  function back(): void {
    const last = before.value.at(-1);
    before.value = before.value.slice(0, -1);
    if (last !== undefined) search.value = { ...search.value, range: last.range };
  }
}

const MIN_BARS = 30;
const MAX_BARS = 120;
const BAR_PX = 10;

/** The lines, their histogram, the labels of the range and, where nothing was found, what is stored at all. */
function useLogAnswers(question: string | undefined, search: LogSearch, span: Span) {
  const { api } = useServices();
  const ask = logQuestions(api);
  const lines = useLogPages(question, search, span);
  const bars = Math.min(MAX_BARS, Math.max(MIN_BARS, Math.floor(document.documentElement.clientWidth / BAR_PX)));
  const histogram = useAnswerTo(question, async () => {
    const answer = await ask.histogram(search, span, bars);
    return answer.ok ? { ok: true as const, data: { span, data: answer.data } } : answer;
  });
  const labels = useAnswerTo(question, () => ask.labels(span));
  const empty = lines.pages.length > 0 && lines.pages.every((page) => page.lines.length === 0);
  const stored = useAnswerTo(empty ? question : undefined, api.status);
  return { lines, histogram, labels, stored };
}

interface Pages {
  readonly question: string | undefined;
  readonly span: Span;
  readonly older: readonly LogPage[];
  /** Why the page asked for last is not among them. */
  readonly failure: Failure | undefined;
}

/** The first page of a question, and those that were asked for after it. */
function useLogPages(question: string | undefined, search: LogSearch, span: Span) {
  const { api } = useServices();
  const ask = logQuestions(api);
  const first = useAnswerTo(question, async () => {
    const answer = await ask.lines(search, span);
    return answer.ok ? { ok: true as const, data: { question, search, span, page: answer.data } } : answer;
  });
  const more = useSignal<Pages>({ question: undefined, span, older: [], failure: undefined });
  const current = more.value.question === first.data?.question ? more.value : undefined;
  const older = current?.older ?? [];
  const pages = first.data === undefined ? [] : [first.data.page, ...older];
  return {
    pages,
    span: first.data?.span,
    failure: first.failure,
    moreFailure: current?.failure,
    more: () => {
      const next = pages.at(-1)?.next;
      const { data } = first;
      if (next === undefined || data === undefined) return;
      void ask.lines(data.search, data.span, undefined, next).then((answer) => {
        const { question, span } = data;
        more.value = answer.ok
          ? { question, span, older: [...older, answer.data], failure: undefined }
          : { question, span, older, failure: answer.failure };
      });
    },
  };
}
