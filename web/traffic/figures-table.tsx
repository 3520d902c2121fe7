import { TRAFFIC_DIRECTIONS, type TrafficDetail, type TrafficFigures } from '../../server/model/traffic.ts';
import type { RateUnit } from '../../server/model/words/number-formats.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { trafficWords } from './words.ts';

const RATES = ['max', 'mean', 'current', 'p95'] as const;

interface FiguresTableProps {
  readonly of: TrafficDetail;
  readonly unit: RateUnit;
  /** Of the graph above. */
  readonly title: string;
}

/** Max, average, current, 95th percentile and total of both directions: what the graph says, in figures. */
export function FiguresTable({ of, unit, title }: FiguresTableProps) {
  const { times } = useSpeech();
  const w = usePageWords(trafficWords);
  const known = Math.max(of.in.figures.known_secs, of.out.figures.known_secs);
  return (
    <>
      <table class="cards net-figures">
        <caption class="spoken">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{w('direction')}</th>
            {RATES.map((name) => (
              <th key={name} scope="col" class="number">
                {w(name)}
              </th>
            ))}
            <th scope="col" class="number">
              {w('total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {TRAFFIC_DIRECTIONS.map((direction) => (
            <FiguresRow
              key={direction}
              name={w(direction)}
              figures={of[direction].figures}
              unit={unit}
              capacity={of.capacity}
            />
          ))}
        </tbody>
      </table>
      <p class="muted">{w('figures_note', { slot: times.shortSpan(of.base_secs), known: times.age(known) })}</p>
    </>
  );
}

interface FiguresRowProps {
  readonly name: string;
  readonly figures: TrafficFigures;
  readonly unit: RateUnit;
  readonly capacity: number | undefined;
}

function FiguresRow({ name, figures, unit, capacity }: FiguresRowProps) {
  const { numbers } = useSpeech();
  const w = usePageWords(trafficWords);
  return (
    <tr>
      <th scope="row">{name}</th>
      {RATES.map((key) => {
        const rate = figures[key];
        return (
          <td key={key} data-label={w(key)} class="number">
            <span>
              {rate === undefined ? '–' : numbers.rate(rate, unit)}
              {rate !== undefined && capacity !== undefined && (
                <span class="share">{w('share', { share: numbers.percent(rate / capacity) })}</span>
              )}
            </span>
          </td>
        );
      })}
      <td data-label={w('total')} class="number">
        {numbers.bytes(figures.total)}
      </td>
    </tr>
  );
}
