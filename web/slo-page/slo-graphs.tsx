import { useSignal } from '@preact/signals';
import { quoteLabelValue } from '../../server/model/labels.ts';
import type { SloChartName } from '../../server/model/prerender.ts';
import type { SloDetail } from '../../server/model/slo.ts';
import { DAY } from '../../server/model/units.ts';
import { type ChartColumn, ChartFigure } from '../charts/chart-figure.tsx';
import { PictureLinks } from '../charts/picture-links.tsx';
import { lastPoint, points, sliFacts, trafficFacts } from '../charts/points.ts';
import { burnDownChart, type DrawSlo, sliChart, trafficChart } from '../charts/slo-charts.ts';
import { pageSay } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { countedWords } from './counted-words.ts';
import type { Range } from './range.ts';
import { RangeChoice, type RangeChoiceProps } from './range-choice.tsx';
import { sloWords } from './words.ts';

interface Graph {
  readonly id: SloChartName;
  readonly title: string;
  readonly summary: string;
  readonly config: DrawSlo;
  readonly columns: readonly ChartColumn[];
}

interface SloGraphsProps extends RangeChoiceProps {
  readonly detail: SloDetail;
}

/** Burn-down, SLI and traffic over one range, with one cursor whose values stand in a fixed place. */
export function SloGraphs({ detail, range, onRange }: SloGraphsProps) {
  const speech = useSpeech();
  const w = countedWords(detail.status, speech.language);
  const { t, times } = speech;
  const cursor = useSignal<number | undefined>(undefined);
  const { newest_event, window } = detail.status;
  const choose = (next: Range): void => {
    // Another range has other steps: the one pointed at is none of them.
    cursor.value = undefined;
    onRange(next);
  };
  const choice = <RangeChoice range={range} onRange={choose} window_secs={window.duration_secs} />;
  if (trafficFacts(detail) === undefined) {
    return (
      <section class="charts" aria-label={t('charts')}>
        {choice}
        <p class="empty">
          {newest_event === undefined ? (
            w('chart_none')
          ) : (
            <>
              {w('chart_elsewhere', { moment: times.moment(newest_event) })}{' '}
              <a href={graphBefore(newest_event, detail.status.service)}>{w('chart_go')}</a>
            </>
          )}
        </p>
      </section>
    );
  }
  const graphs = sloGraphs(detail, speech);
  return (
    <section class="charts" aria-label={t('charts')}>
      {choice}
      <p class="cursor-line" role="status">
        {cursor.value === undefined ? t('chart_at_hint') : cursorText(detail, graphs, cursor.value, speech)}
      </p>
      {graphs.map((graph) => (
        <ChartFigure key={graph.id} {...graph} detail={detail} cursor={cursor}>
          <PictureLinks chart={`slo/${encodeURIComponent(detail.status.id)}/${graph.id}`} />
        </ChartFigure>
      ))}
    </section>
  );
}

/** The charts end within the SLO's window; the requests before it are on the graph page, the last day of them. */
function graphBefore(newest: number, service: string): string {
  const query = `sum by (status) (rate(http_requests_total{service=${quoteLabelValue(service)}}[5m]))`;
  const end = Math.ceil(newest / 1000);
  return `/graph?${new URLSearchParams({ query, start: String(end - DAY / 1000), end: String(end) })}`;
}

/** The three charts of an SLO, and what each says in words. */
export function sloGraphs(detail: SloDetail, speech: Speech): readonly Graph[] {
  return [burnDown(detail, speech), sli(detail, speech), traffic(detail, speech)];
}

function cursorText(detail: SloDetail, graphs: readonly Graph[], step: number, { t, times }: Speech): string {
  const values = graphs.flatMap(({ columns }) => columns.map(({ name, cell }) => `${name} ${cell(step)}`));
  return [t('chart_at', { moment: times.moment(detail.time[step] ?? 0) }), ...values].join(' · ');
}

function burnDown(detail: SloDetail, speech: Speech): Graph {
  const w = pageSay(sloWords, speech.language);
  const { numbers, times } = speech;
  const end = lastPoint(points(detail.time, detail.budget_left));
  const ideal = detail.budget_ideal[end === undefined ? 0 : detail.time.indexOf(end.x)];
  const summary =
    end === undefined
      ? w('burn_down_summary_none')
      : w('burn_down_summary', {
          start: times.moment(detail.range.start),
          end: times.moment(end.x),
          over: end.y < 0 ? 'yes' : 'no',
          left: numbers.percent(Math.abs(end.y)),
          ideal: numbers.percent(ideal ?? 0, 0),
        });
  const percent = (ratio: number): string => numbers.percent(ratio, 2);
  const columns = [
    { name: w('burn_down_real'), cell: ratioCell(detail.budget_left, speech, percent) },
    { name: w('burn_down_ideal'), cell: ratioCell(detail.budget_ideal, speech, percent) },
  ];
  return { id: 'burn-down', title: w('burn_down'), summary, config: burnDownChart, columns };
}

function sli(detail: SloDetail, speech: Speech): Graph {
  const w = countedWords(detail.status, speech.language);
  const { numbers, times } = speech;
  const { objective } = detail.status;
  const facts = sliFacts(detail, objective);
  const summary =
    facts === undefined
      ? w('chart_none')
      : w('sli_summary', {
          worst: numbers.attained(facts.worst.value, objective),
          moment: times.moment(facts.worst.time),
          below: facts.below,
          steps: facts.steps,
          objective: numbers.objective(objective),
        });
  const columns = [
    { name: w('sli_good'), cell: ratioCell(detail.sli, speech, (ratio) => numbers.attained(ratio, objective)) },
  ];
  return { id: 'sli', title: w('sli'), summary, config: sliChart, columns };
}

function traffic(detail: SloDetail, speech: Speech): Graph {
  const w = countedWords(detail.status, speech.language);
  const { numbers, times } = speech;
  const facts = trafficFacts(detail);
  const summary =
    facts === undefined
      ? w('chart_none')
      : w('traffic_summary', {
          total: numbers.count(facts.total),
          bad: numbers.count(facts.bad),
          peak: numbers.count(facts.peak.value),
          moment: times.moment(facts.peak.time),
        });
  const countCell = (column: readonly number[]) => (step: number) => numbers.count(column[step] ?? 0);
  const columns = [
    { name: w('traffic_total'), cell: countCell(detail.total) },
    { name: w('traffic_bad'), cell: countCell(detail.bad) },
  ];
  return { id: 'traffic', title: w('traffic'), summary, config: trafficChart, columns };
}

function ratioCell(column: readonly (number | null)[], { language }: Speech, write: (ratio: number) => string) {
  const w = pageSay(sloWords, language);
  return (step: number): string => {
    const value = column[step];
    return value === null || value === undefined ? w('no_value', { why: 'no_traffic' }) : write(value);
  };
}
