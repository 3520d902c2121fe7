import type { GraphData } from '../../server/model/graph.ts';
import { lineLook } from '../charts/graph-chart.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { seriesFacts } from './series-facts.ts';
import { graphPageWords } from './words.ts';

const PALETTE = [1, 2, 3, 4, 5].map((n) => `var(--series-${n})`);
const FIGURES = ['min', 'mean', 'max', 'last'] as const;

interface SeriesTableProps {
  readonly data: GraphData;
  readonly hidden: ReadonlySet<number>;
  readonly onToggle: (series: number) => void;
}

/** The legend, reachable by keyboard, and each line in figures. */
export function SeriesTable({ data, hidden, onToggle }: SeriesTableProps) {
  const { numbers } = useSpeech();
  const w = usePageWords(graphPageWords);
  return (
    <table class="cards series-table">
      <caption class="spoken">{w('series')}</caption>
      <thead>
        <tr>
          <th scope="col">{w('series')}</th>
          {FIGURES.map((name) => (
            <th key={name} scope="col" class="number">
              {w(name)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {data.series.map(({ name, values }, i) => {
          const facts = seriesFacts(values);
          return (
            <tr key={name}>
              <th scope="row">
                <button type="button" class="legend" aria-pressed={!hidden.has(i)} onClick={() => onToggle(i)}>
                  <LineSample n={i} />
                  <code>
                    <LineText text={name} />
                  </code>
                </button>
              </th>
              {FIGURES.map((figure) => (
                <td key={figure} data-label={w(figure)} class="number">
                  {facts === undefined ? '–' : numbers.scaled(facts[figure])}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function LineSample({ n }: { readonly n: number }) {
  const { color, dash } = lineLook(n, PALETTE);
  return (
    <svg width="24" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="24" y2="4" style={{ stroke: color, strokeWidth: 2, strokeDasharray: dash.join(' ') }} />
    </svg>
  );
}
