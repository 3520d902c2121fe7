import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { LEVEL_GROUPS, type LogHistogram } from '../../server/model/logs.ts';
import { ReleaseOverlay } from '../charts/release-overlay.tsx';
import { ReleaseChoice, type ReleaseMarks, ReleaseTable, releasesBetween } from '../frame/release-marks.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { type Bar, type Choice, chosen, histogramBars, moveChoice, plotSpan } from './histogram-bars.ts';
import { useLineTime } from './line-time.ts';
import type { Span } from './log-questions.ts';
import { logWords } from './words.ts';

interface HistogramProps {
  readonly histogram: LogHistogram;
  readonly span: Span;
  readonly marks: ReleaseMarks;
  readonly onSpan: (span: Span) => void;
}

/** How many lines when, which is also where a part of the time is chosen: by click, by drag, or by keyboard. */
export function Histogram({ histogram, span, marks, onSpan }: HistogramProps) {
  const speech = useSpeech();
  const w = usePageWords(logWords);
  const bars = histogramBars(histogram, span);
  const most = Math.max(1, ...bars.map(({ total }) => total));
  const released = useMemo(() => releasesBetween(marks.releases, span), [marks.releases, span]);
  const all = chosen(bars, { from: 0, to: bars.length - 1 });
  return (
    <section class="log-histogram" aria-labelledby="log-histogram">
      <div class="table-head">
        <h2 id="log-histogram">{w('histogram')}</h2>
        <ul class="log-legend">
          {LEVEL_GROUPS.map((group) => (
            <li key={group}>
              <span class={`swatch group-${group}`} aria-hidden="true" />
              {w(`group_${group}`)} <strong>{speech.numbers.count(all?.counts[group] ?? 0)}</strong>
            </li>
          ))}
        </ul>
      </div>
      <p class="muted log-scale">
        {w('histogram_most', { count: most, step: speech.times.shortSpan(histogram.step / 1000) })}
      </p>
      <Picker bars={bars} most={most} span={span} onSpan={onSpan}>
        <ReleaseOverlay releases={released} {...plotSpan(histogram)} />
      </Picker>
      <p class="muted">{w('histogram_hint')}</p>
      <div class="choices">
        <ReleaseChoice {...marks} />
      </div>
      {histogram.partial !== undefined && <p role="status">{w('histogram_partial')}</p>}
      <ReleaseTable releases={released} />
      <HistogramTable bars={bars} />
    </section>
  );
}

interface PickerProps extends Pick<HistogramProps, 'span' | 'onSpan'> {
  readonly bars: readonly Bar[];
  readonly most: number;
  /** What lies over the bars. */
  readonly children: ComponentChildren;
}

/** A slider over the bars: what it stands on is told in words beside it, and to screen readers as its value. */
function Picker({ bars, most, span, onSpan, children }: PickerProps) {
  const w = usePageWords(logWords);
  const words = useBarWords();
  const time = useLineTime();
  const choice = useSignal<Choice | undefined>(undefined);
  const pulling = useSignal(false);
  const at = choice.value && chosen(bars, choice.value);
  const barAt = (event: PointerEvent & { readonly currentTarget: HTMLElement }): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * bars.length)));
  };
  const go = (): void => {
    const part = choice.value && chosen(bars, choice.value);
    if (part !== undefined) onSpan({ start: part.start, end: part.end });
  };
  return (
    <>
      <div
        class="log-picker"
        role="slider"
        tabIndex={0}
        aria-label={w('histogram')}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={choice.value?.to ?? Math.max(0, bars.length - 1)}
        aria-valuetext={at === undefined ? w('histogram_hint') : words(at)}
        onPointerDown={(event) => {
          pulling.value = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          const bar = barAt(event);
          choice.value = { from: bar, to: bar };
        }}
        onPointerMove={(event) => {
          const bar = barAt(event);
          choice.value = pulling.value && choice.value ? { ...choice.value, to: bar } : { from: bar, to: bar };
        }}
        onPointerUp={() => {
          if (pulling.value) go();
          pulling.value = false;
        }}
        onPointerCancel={() => (pulling.value = false)}
        onPointerLeave={() => {
          if (!pulling.value) choice.value = undefined;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') return go();
          const moved = moveChoice(event.key, event.shiftKey, choice.value, bars.length);
          if (moved === undefined) return;
          event.preventDefault();
          choice.value = moved;
        }}
      >
        <Bars bars={bars} most={most} choice={choice.value} />
        {children}
      </div>
      <p class="log-ends">
        <span class="muted">{time.minute(span.start)}</span>
        <span>{at !== undefined && words(at)}</span>
        <span class="muted">{time.minute(span.end)}</span>
      </p>
    </>
  );
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly most: number;
  readonly choice: Choice | undefined;
}

function Bars({ bars, most, choice }: BarsProps) {
  return (
    <svg viewBox={`0 0 ${Math.max(1, bars.length)} ${most}`} preserveAspectRatio="none" aria-hidden="true">
      {choice !== undefined && (
        <rect
          class="log-choice"
          x={Math.min(choice.from, choice.to)}
          y={0}
          width={Math.abs(choice.to - choice.from) + 1}
          height={most}
        />
      )}
      {bars.map(({ counts, start }, i) => {
        let top = most;
        return LEVEL_GROUPS.map((group) => {
          top -= counts[group];
          if (counts[group] === 0) return null;
          return (
            <rect
              key={`${start} ${group}`}
              class={`group-${group}`}
              x={i + 0.1}
              y={top}
              width={0.8}
              height={counts[group]}
            />
          );
        });
      })}
    </svg>
  );
}

/** "14:00 to 14:05: 12 lines, 3 errors". */
function useBarWords(): (bar: Bar) => string {
  const w = usePageWords(logWords);
  const time = useLineTime();
  return ({ start, end, total, counts }) => {
    const lines = w('histogram_bar', { start: time.second(start), end: time.second(end), count: total });
    return counts.error === 0 ? lines : `${lines}, ${w('histogram_errors', { count: counts.error })}`;
  };
}

function HistogramTable({ bars }: { readonly bars: readonly Bar[] }) {
  const { numbers } = useSpeech();
  const w = usePageWords(logWords);
  const time = useLineTime();
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{w('histogram_data')}</summary>
      {open.value && (
        <div class="wide-table">
          <table>
            <thead>
              <tr>
                <th scope="col">{w('from')}</th>
                <th scope="col">{w('to')}</th>
                <th scope="col" class="number">
                  {w('total')}
                </th>
                {LEVEL_GROUPS.map((group) => (
                  <th key={group} scope="col" class="number">
                    {w(`group_${group}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {bars.map(({ start, end, total, counts }) => (
                <tr key={start}>
                  <th scope="row">{time.second(start)}</th>
                  <td>{time.second(end)}</td>
                  <td class="number">{numbers.count(total)}</td>
                  {LEVEL_GROUPS.map((group) => (
                    <td key={group} class="number">
                      {numbers.count(counts[group])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
