import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SloDetail } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { moveCursor, stepAt } from './cursor.ts';
import type { Drawing } from './draw.ts';
import type { DrawSlo } from './slo-charts.ts';
import { readTokens } from './tokens.ts';

export interface ChartColumn {
  readonly name: string;
  readonly cell: (step: number) => string;
}

interface ChartFigureProps {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly detail: SloDetail;
  readonly config: DrawSlo;
  readonly columns: readonly ChartColumn[];
  /** The step all charts of a page point at. */
  readonly cursor: Signal<number | undefined>;
}

/** A chart, its summary as a sentence, and its data as a table one key away. */
export function ChartFigure(props: ChartFigureProps) {
  const { id, title, summary } = props;
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h2 id={`${id}-title`}>{title}</h2>
        <p id={`${id}-summary`}>{summary}</p>
      </figcaption>
      <ChartCanvas {...props} />
      <DataTable {...props} />
    </figure>
  );
}

function ChartCanvas({ title, summary, detail, config, cursor }: ChartFigureProps) {
  const speech = useSpeech();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing>(undefined);
  const theme = useThemeCount();
  useEffect(() => () => drawing.current?.destroy(), []);
  useEffect(() => {
    let gone = false;
    // The drawing code is a chunk of its own; a newer figure may have come before it is here.
    void import('./draw.ts').then(({ draw }) => {
      const element = canvas.current;
      if (gone || element === null) return;
      const next = config(detail, speech, readTokens(element.parentElement ?? element));
      if (drawing.current === undefined) drawing.current = draw(element, next);
      else drawing.current.update(next);
    });
    return () => {
      gone = true;
    };
  }, [detail, speech, theme, config]);
  const share = cursor.value === undefined ? undefined : drawing.current?.pixelOf(detail.time[cursor.value] ?? 0);
  return (
    <div class="canvas-box">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${title}. ${summary}`}
        tabIndex={0}
        onMouseMove={(event) => {
          const time = drawing.current?.timeAt(event.offsetX);
          if (time !== undefined) cursor.value = stepAt(detail.time, time);
        }}
        onMouseLeave={() => {
          cursor.value = undefined;
        }}
        onKeyDown={(event) => {
          const step = moveCursor(event.key, cursor.value, detail.time.length);
          if (step === undefined) return;
          event.preventDefault();
          cursor.value = step;
        }}
      />
      {share !== undefined && <span class="crosshair" style={{ left: `${share}px` }} />}
    </div>
  );
}

/** Counts the changes of theme, so that whatever was drawn with the old colours is drawn anew. */
function useThemeCount(): number {
  const count = useSignal(0);
  useEffect(() => {
    const changed = (): void => {
      count.value++;
    };
    const system = matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    system.addEventListener('change', changed);
    return () => {
      chosen.disconnect();
      system.removeEventListener('change', changed);
    };
  }, [count]);
  return count.value;
}

/** Rows are made when somebody opens it: most never do, and there are hundreds. */
function DataTable({ title, detail, columns }: ChartFigureProps) {
  const { t, times } = useSpeech();
  const open = useSignal(false);
  return (
    <details
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>
        {t('chart_data')}
        <span class="spoken">: {title}</span>
      </summary>
      {open.value && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('chart_time')}</th>
              {columns.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {detail.time.map((time, step) => (
              <tr key={time}>
                <th scope="row">{times.moment(time)}</th>
                {columns.map(({ name, cell }) => (
                  <td key={name} class="number">
                    {cell(step)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
