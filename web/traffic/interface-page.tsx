import { type Signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { TrafficDetail } from '../../server/model/traffic.ts';
import type { RateUnit } from '../../server/model/words/number-formats.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PictureLinks } from '../charts/picture-links.tsx';
import { TRAFFIC_CHARTS } from '../charts/traffic-chart.ts';
import {
  markedParams,
  ReleaseChoice,
  type ReleaseMarks,
  ReleaseTable,
  releasesBetween,
} from '../frame/release-marks.tsx';
import { pageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { FiguresTable } from './figures-table.tsx';
import { UnitChoice, type UnitChoiceProps } from './unit-choice.tsx';
import { trafficWords } from './words.ts';

/** Sources that are silent for longer are worth a word. */
const STALE_MS = 300_000;

interface InterfacePageProps extends UnitChoiceProps {
  /** Day, week, month and year, in this order. */
  readonly graphs: readonly TrafficDetail[];
  /** The server's time, ms. */
  readonly now: number;
  /** The page looks back from a moment of the past. */
  readonly past: boolean;
  readonly onEnd: (end: number | undefined) => void;
  /** Absent on a saved page. */
  readonly marks?: ReleaseMarks | undefined;
}

/** What MRTG shows of an interface: four graphs, one under the other, each with its figures. */
export function InterfacePage({ graphs: asked, now, past, onEnd, marks, unit, onUnit }: InterfacePageProps) {
  const speech = useSpeech();
  const w = usePageWords(trafficWords);
  const { t } = speech;
  const cursors = [useCursor(), useCursor(), useCursor(), useCursor()];
  const released = marks?.releases;
  const graphs = useMemo(() => asked.map((graph) => withReleases(graph, released)), [asked, released]);
  const [first] = graphs;
  if (first === undefined) return null;
  const pointed = graphs.flatMap((graph, i) => {
    const step = cursors[i]?.value;
    return step === undefined ? [] : [cursorText(graph, step, unit, speech)];
  });
  return (
    <>
      <InterfaceHead of={first} now={now} unit={unit} />
      <section class="charts" aria-label={t('charts')}>
        <div class="choices">
          <UnitChoice unit={unit} onUnit={onUnit} />
          {marks !== undefined && <ReleaseChoice {...marks} />}
          {past && (
            <button type="button" onClick={() => onEnd(undefined)}>
              {w('go_now')}
            </button>
          )}
        </div>
        <p class="cursor-line" role="status">
          {pointed[0] ?? t('chart_at_hint')}
        </p>
        {graphs.map((graph, i) => (
          <TrafficGraph key={graph.range} of={graph} unit={unit} cursor={cursors[i]} onEnd={onEnd} />
        ))}
        <ReleaseTable releases={graphs.at(-1)?.releases} />
      </section>
    </>
  );
}

function withReleases(graph: TrafficDetail, releases: ReleaseMarks['releases']): TrafficDetail {
  const marked = releasesBetween(releases, graph);
  return marked === undefined ? graph : { ...graph, releases: marked };
}

function useCursor(): Signal<number | undefined> {
  return useSignal<number | undefined>(undefined);
}

function InterfaceHead({
  of,
  now,
  unit,
}: {
  readonly of: TrafficDetail;
  readonly now: number;
  readonly unit: RateUnit;
}) {
  const { times, numbers } = useSpeech();
  const w = usePageWords(trafficWords);
  const { host, device, capacity, newest } = of;
  const age = newest === undefined ? 0 : now - newest;
  return (
    <>
      <p class="eyebrow">
        <a href="/traffic">{w('back')}</a>
      </p>
      <h1 class="title">
        {device} <span class="muted">{host}</span>
      </h1>
      <p class="muted meta">
        {capacity !== undefined && <span>{w('capacity', { capacity: numbers.rate(capacity, unit) })}</span>}
        {newest !== undefined && (
          <span>
            {w(age > STALE_MS ? 'as_of_stale' : 'as_of', {
              moment: times.moment(newest),
              age: times.age(age / 1000),
            })}
          </span>
        )}
      </p>
    </>
  );
}

interface TrafficGraphProps {
  readonly of: TrafficDetail;
  readonly unit: RateUnit;
  readonly cursor: Signal<number | undefined> | undefined;
  readonly onEnd: (end: number | undefined) => void;
}

function TrafficGraph({ of, unit, cursor, onEnd }: TrafficGraphProps) {
  const speech = useSpeech();
  const w = usePageWords(trafficWords);
  const { times } = speech;
  const none = useSignal<number | undefined>(undefined);
  const title = graphTitle(of, speech);
  const id = `net-${of.range}`;
  if (of.in.figures.known_secs === 0 && of.out.figures.known_secs === 0) {
    const elsewhere = of.newest !== undefined && (of.newest <= of.start || of.newest > of.end) ? of.newest : undefined;
    return (
      <section aria-labelledby={id}>
        <h2 id={id}>{title}</h2>
        <p class="empty">
          {elsewhere === undefined ? w('graph_none') : w('graph_elsewhere', { moment: times.moment(elsewhere) })}{' '}
          {elsewhere !== undefined && (
            <button type="button" onClick={() => onEnd(elsewhere)}>
              {w('go_there')}
            </button>
          )}
        </p>
      </section>
    );
  }
  return (
    <ChartFigure
      id={id}
      title={title}
      summary={graphSummary(of, unit, speech)}
      detail={of}
      config={TRAFFIC_CHARTS[unit]}
      columns={graphColumns(of, unit, speech)}
      cursor={cursor ?? none}
    >
      <FiguresTable of={of} unit={unit} title={title} />
      <PictureLinks chart={chartPath(of)} params={{ unit, ...markedParams(of.releases) }} />
    </ChartFigure>
  );
}

function chartPath({ host, device, range }: TrafficDetail): string {
  return `traffic/${encodeURIComponent(host)}/${encodeURIComponent(device)}/${range}`;
}

/** "Week, means of 30 min". */
export function graphTitle({ range, step_secs }: TrafficDetail, { language, times }: Speech): string {
  const w = pageSay(trafficWords, language);
  return w('graph', { range: w(`range_${range}`), step: times.shortSpan(step_secs) });
}

export function graphSummary(of: TrafficDetail, unit: RateUnit, { language, numbers }: Speech): string {
  const w = pageSay(trafficWords, language);
  const rate = (value: number | undefined): string => (value === undefined ? '–' : numbers.rate(value, unit));
  const [received, sent] = [of.in.figures, of.out.figures];
  return w('graph_summary', {
    in: rate(received.mean),
    in_max: rate(received.max),
    out: rate(sent.mean),
    out_max: rate(sent.max),
  });
}

function graphColumns(of: TrafficDetail, unit: RateUnit, { language, numbers, times }: Speech) {
  const w = pageSay(trafficWords, language);
  const slot = times.shortSpan(of.peak_secs);
  const cell = (column: readonly (number | null)[]) => (step: number) => {
    const rate = column[step];
    return rate === null || rate === undefined ? '–' : numbers.rate(rate, unit);
  };
  return [
    { name: w('in'), cell: cell(of.in.mean) },
    { name: w('out'), cell: cell(of.out.mean) },
    { name: w('high_in', { slot }), cell: cell(of.in.high) },
    { name: w('high_out', { slot }), cell: cell(of.out.high) },
  ];
}

function cursorText(of: TrafficDetail, step: number, unit: RateUnit, speech: Speech): string {
  const values = graphColumns(of, unit, speech).map(({ name, cell }) => `${name} ${cell(step)}`);
  return [speech.t('chart_at', { moment: speech.times.moment(of.time[step] ?? 0) }), ...values].join(' · ');
}
