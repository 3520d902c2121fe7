import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import { useSpeech } from '../words/speech.ts';
import { useBrush } from './brush.ts';
import { moveCursor, stepAt } from './cursor.ts';
import type { Drawing } from './draw.ts';
import { PictureContext } from './picture.ts';
import type { Draw, Timed } from './time-chart.ts';
import { readTokens } from './tokens.ts';

export interface ChartColumn {
  readonly name: string;
  readonly cell: (step: number) => string;
}

interface ChartFigureProps<D extends Timed> {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly detail: D;
  readonly config: Draw<D>;
  readonly columns: readonly ChartColumn[];
  /** The step all charts of a page point at. */
  readonly cursor: Signal<number | undefined>;
  /** Called with both ends of what was drawn over with the pointer, ms. */
  readonly onBrush?: (start: number, end: number) => void;
  /** What stands between the chart and its data. */
  readonly children?: ComponentChildren;
}

/** A chart, its summary as a sentence, and its data as a table one key away. */
export function ChartFigure<D extends Timed>(props: ChartFigureProps<D>) {
  const { id, title, summary, children } = props;
  const picture = useContext(PictureContext);
  return (
    <figure class="chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h2 id={`${id}-title`}>{title}</h2>
        <p id={`${id}-summary`}>{summary}</p>
      </figcaption>
      {picture === undefined ? <ChartCanvas {...props} /> : <ChartPicture {...props} />}
      {children}
      <DataTable {...props} />
    </figure>
  );
}

/** The chart of a page without scripts. */
function ChartPicture<D extends Timed>({ title, summary, detail, config }: ChartFigureProps<D>) {
  const speech = useSpeech();
  const picture = useContext(PictureContext);
  if (picture === undefined) return null;
  // Our own drawing; what others named is escaped in it.
  const svg = { __html: picture((tokens) => config(detail, speech, tokens), { title, description: summary }) };
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
  return <section class="picture" aria-label={title} tabIndex={0} dangerouslySetInnerHTML={svg} />;
}

function ChartCanvas<D extends Timed>({ title, summary, detail, config, cursor, onBrush }: ChartFigureProps<D>) {
  const speech = useSpeech();
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing>(undefined);
  const look = useLookCount();
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
  }, [detail, speech, look, config]);
  const brush = useBrush(drawing, onBrush);
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
          brush.move(event.offsetX);
        }}
        onMouseDown={(event) => brush.begin(event.offsetX)}
        onMouseUp={(event) => brush.end(event.offsetX)}
        onMouseLeave={() => {
          cursor.value = undefined;
          brush.cancel();
        }}
        onKeyDown={(event) => {
          const step = moveCursor(event.key, cursor.value, detail.time.length);
          if (step === undefined) return;
          event.preventDefault();
          cursor.value = step;
        }}
      />
      {share !== undefined && <span class="crosshair" style={{ left: `${share}px` }} />}
      {brush.span !== undefined && <span class="brush" style={brush.span} />}
    </div>
  );
}

/** Where labels have no room beside a plot any more. */
const NARROW = '(max-width: 600px)';

/** Counts the changes of theme and of room, so that whatever was drawn with the old tokens is drawn anew. */
function useLookCount(): number {
  const count = useSignal(0);
  useEffect(() => {
    const changed = (): void => {
      count.value++;
    };
    const system = matchMedia('(prefers-color-scheme: dark)');
    const narrow = matchMedia(NARROW);
    const chosen = new MutationObserver(changed);
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    system.addEventListener('change', changed);
    narrow.addEventListener('change', changed);
    return () => {
      chosen.disconnect();
      system.removeEventListener('change', changed);
      narrow.removeEventListener('change', changed);
    };
  }, [count]);
  return count.value;
}

/** Rows are made when somebody opens it: most never do, and there are hundreds. */
function DataTable<D extends Timed>({ title, detail, columns }: ChartFigureProps<D>) {
  const { t, times } = useSpeech();
  const open = useSignal(useContext(PictureContext) !== undefined);
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
