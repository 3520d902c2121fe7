import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { GraphData } from '../../server/model/graph.ts';
import type { Release } from '../../server/model/releases.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { graphChart } from '../charts/graph-chart.ts';
import { PictureLinks } from '../charts/picture-links.tsx';
import {
  markedParams,
  ReleaseChoice,
  type ReleaseMarks,
  ReleaseTable,
  releasesBetween,
} from '../frame/release-marks.tsx';
import { visibleText } from '../logs/visible-text.ts';
import { pageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { brushed } from './graph-range.ts';
import { InstantTable, type InstantTableProps } from './instant-table.tsx';
import { Notes } from './notes.tsx';
import { GRAPH_VIEWS, type GraphView } from './page-queries.ts';
import { seriesFacts } from './series-facts.ts';
import { SeriesTable } from './series-table.tsx';
import { TimePicker, type TimePickerProps } from './time-picker.tsx';
import { graphPageWords } from './words.ts';

interface GraphPageProps extends TimePickerProps {
  /** Where the queries are written; a saved page has none. */
  readonly form?: ComponentChildren;
  readonly view: GraphView;
  readonly onView: (view: GraphView) => void;
  /** Absent before the first answer, and after a refusal. */
  readonly data: GraphData | undefined;
  /** Only one query was asked: its graph is a picture with an address of its own. */
  readonly single: boolean;
  /** Absent on a saved page. */
  readonly marks?: ReleaseMarks | undefined;
  /** The values at the end of the range; absent likewise. */
  readonly instant: InstantTableProps | undefined;
}

/** Any queries as a graph, or as a table of their values at the end of the range. */
export function GraphPage({ form, view, onView, data, single, marks, instant, ...picker }: GraphPageProps) {
  const { t } = useSpeech();
  return (
    <>
      <h1 class="title">{t('graph_title')}</h1>
      {form}
      <section class="charts" aria-label={t('charts')}>
        <ViewChoice view={view} onView={onView} />
        <TimePicker {...picker} />
        {view === 'graph' && marks !== undefined && (
          <div class="choices">
            <ReleaseChoice {...marks} />
          </div>
        )}
        {view === 'table' && instant !== undefined && <InstantTable {...instant} />}
        {view === 'graph' && data?.series.length === 0 && <Nothing notes={data.notes} />}
        {view === 'graph' && data !== undefined && data.series.length > 0 && (
          <Graph data={data} releases={marks?.releases} single={single} onRange={picker.onRange} />
        )}
      </section>
    </>
  );
}

function Nothing({ notes }: Pick<GraphData, 'notes'>) {
  const w = usePageWords(graphPageWords);
  return (
    <>
      <p class="empty">{w('none')}</p>
      <Notes notes={notes} />
    </>
  );
}

function ViewChoice({ view, onView }: Pick<GraphPageProps, 'view' | 'onView'>) {
  const w = usePageWords(graphPageWords);
  return (
    <div class="choices">
      <fieldset>
        <legend class="spoken">{w('view')}</legend>
        {GRAPH_VIEWS.map((choice) => (
          <button key={choice} type="button" aria-pressed={view === choice} onClick={() => onView(choice)}>
            {w(`view_${choice}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

interface GraphProps extends Pick<GraphPageProps, 'single'> {
  readonly data: GraphData;
  readonly releases: readonly Release[] | undefined;
  readonly onRange: TimePickerProps['onRange'];
}

function Graph({ data, releases, single, onRange }: GraphProps) {
  const speech = useSpeech();
  const w = usePageWords(graphPageWords);
  const { t, times, numbers } = speech;
  const cursor = useSignal<number | undefined>(undefined);
  const hidden = useSignal<ReadonlySet<number>>(new Set());
  const marked = useMemo(() => releasesBetween(releases, data), [releases, data]);
  const shown = useMemo(
    () => ({ ...without(data, hidden.value), ...(marked !== undefined && { releases: marked }) }),
    [data, hidden.value, marked],
  );
  const columns = data.series.map(({ name, values }) => ({
    name: visibleText(name),
    cell: (step: number) => {
      const value = values[step];
      return value === null || value === undefined ? '–' : numbers.scaled(value);
    },
  }));
  const step = cursor.value;
  return (
    <>
      <p class="cursor-line" role="status">
        {step === undefined
          ? t('chart_at_hint')
          : [
              t('chart_at', { moment: times.moment(data.time[step] ?? 0) }),
              ...columns.slice(0, 5).map(({ name, cell }) => `${name} ${cell(step)}`),
            ].join(' · ')}
      </p>
      <ChartFigure
        id="graph"
        title={data.query}
        summary={graphWords(data, speech).description}
        detail={shown}
        config={graphChart}
        columns={columns}
        cursor={cursor}
        onBrush={(start, end) => onRange(brushed(start, end))}
      >
        <SeriesTable
          data={data}
          hidden={hidden.value}
          onToggle={(series) => {
            const next = new Set(hidden.value);
            if (!next.delete(series)) next.add(series);
            hidden.value = next;
          }}
        />
        <ReleaseTable releases={shown.releases} />
        {single && <PictureLinks chart="graph" params={paramsOf(shown)} />}
        {data.left_out > 0 && <p class="muted">{w('left_out', { count: data.left_out })}</p>}
        <Notes notes={data.notes} />
      </ChartFigure>
    </>
  );
}

function paramsOf({ query, start, end, releases }: GraphData): Readonly<Record<string, string>> {
  return { query, start: String(start / 1000), end: String(end / 1000), ...markedParams(releases) };
}

/** Hidden lines keep their place, so that the others keep their colours. */
function without(data: GraphData, hidden: ReadonlySet<number>): GraphData {
  if (hidden.size === 0) return data;
  const series = data.series.map((line, i) =>
    hidden.has(i) ? { ...line, values: line.values.map(() => null) } : line,
  );
  return { ...data, series };
}

/** What the graph says in words. */
export function graphWords(data: GraphData, { language, numbers, times }: Speech) {
  const w = pageSay(graphPageWords, language);
  const facts = data.series.flatMap(({ values }) => seriesFacts(values) ?? []);
  const range = { start: times.moment(data.start), end: times.moment(data.end) };
  const description =
    facts.length === 0
      ? w('none')
      : w('summary', {
          ...range,
          count: data.series.length,
          low: numbers.scaled(Math.min(...facts.map(({ min }) => min))),
          high: numbers.scaled(Math.max(...facts.map(({ max }) => max))),
        });
  return { title: data.query, description };
}
