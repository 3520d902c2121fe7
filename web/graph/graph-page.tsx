import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { GraphData } from '../../server/model/graph.ts';
import type { Failure } from '../api/answer.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { graphChart } from '../charts/graph-chart.ts';
import { PictureLinks } from '../charts/picture-links.tsx';
import { visibleText } from '../logs/visible-text.ts';
import { pageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { brushed } from './graph-range.ts';
import { QueryForm } from './query-form.tsx';
import { seriesFacts } from './series-facts.ts';
import { SeriesTable } from './series-table.tsx';
import { TimePicker, type TimePickerProps } from './time-picker.tsx';
import { graphPageWords } from './words.ts';

interface GraphPageProps extends TimePickerProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Absent before the first answer, and after a refusal. */
  readonly data: GraphData | undefined;
  /** Why the query was refused. */
  readonly refused: Failure | undefined;
}

/** Any query as a graph. */
export function GraphPage({ query, onQuery, data, refused, ...picker }: GraphPageProps) {
  const { t } = useSpeech();
  const w = usePageWords(graphPageWords);
  return (
    <>
      <h1 class="title">{t('graph_title')}</h1>
      <QueryForm key={query} query={query} failure={refused} onQuery={onQuery} />
      <section class="charts" aria-label={t('charts')}>
        <TimePicker {...picker} />
        {query === '' && <Examples onQuery={onQuery} />}
        {data !== undefined && data.series.length === 0 && <p class="empty">{w('none')}</p>}
        {data !== undefined && data.series.length > 0 && <Graph data={data} onRange={picker.onRange} />}
      </section>
    </>
  );
}

const EXAMPLES = [
  'sum by (service) (rate(http_requests_total[5m]))',
  'rate(host_network_receive_bytes_total[5m]) * 8',
  'host_load1',
];

function Examples({ onQuery }: Pick<GraphPageProps, 'onQuery'>) {
  const w = usePageWords(graphPageWords);
  return (
    <div>
      <p>{w('examples')}</p>
      <ul class="examples">
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button type="button" class="mono" onClick={() => onQuery(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Graph({ data, onRange }: { readonly data: GraphData; readonly onRange: TimePickerProps['onRange'] }) {
  const speech = useSpeech();
  const w = usePageWords(graphPageWords);
  const { t, times, numbers } = speech;
  const cursor = useSignal<number | undefined>(undefined);
  const hidden = useSignal<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => without(data, hidden.value), [data, hidden.value]);
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
        <PictureLinks chart="graph" params={paramsOf(data)} />
        {data.left_out > 0 && <p class="muted">{w('left_out', { count: data.left_out })}</p>}
        {data.notes.map((note) => (
          <p key={note} class="muted">
            {note}
          </p>
        ))}
      </ChartFigure>
    </>
  );
}

function paramsOf({ query, start, end }: GraphData): Readonly<Record<string, string>> {
  return { query, start: String(start / 1000), end: String(end / 1000) };
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
