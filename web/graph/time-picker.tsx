import { useSignal } from '@preact/signals';
import { momentOf, wallClockAt } from '../../server/model/zones.ts';
import { useSpeech } from '../words/speech.ts';
import { brushed, type GraphRange, moved, PRESETS_SECS, spanOf, zoomed } from './graph-range.ts';

export interface TimePickerProps {
  /** Lengths offered, seconds. */
  readonly presets?: readonly number[];
  readonly range: GraphRange;
  readonly now: number;
  readonly onRange: (range: GraphRange) => void;
  /** Absent while there is nothing to go back to. */
  readonly onBack: (() => void) | undefined;
}

/** Presets, zoom and moves by buttons, and a range by its ends. */
export function TimePicker({ presets = PRESETS_SECS, range, now, onRange, onBack }: TimePickerProps) {
  const { t, times } = useSpeech();
  return (
    <div class="choices time-picker">
      <fieldset>
        <legend class="spoken">{t('range')}</legend>
        {presets.map((secs) => (
          <button
            key={secs}
            type="button"
            aria-pressed={range.kind === 'last' && range.secs === secs}
            onClick={() => onRange({ kind: 'last', secs })}
          >
            {times.shortSpan(secs)}
          </button>
        ))}
      </fieldset>
      <fieldset>
        <legend class="spoken">{t('graph_zoom')}</legend>
        <Step sign="−" name={t('graph_zoom_out')} onClick={() => onRange(zoomed(range, 2, now))} />
        <Step sign="+" name={t('graph_zoom_in')} onClick={() => onRange(zoomed(range, 0.5, now))} />
        <Step sign="‹" name={t('graph_earlier')} onClick={() => onRange(moved(range, -1, now))} />
        <Step sign="›" name={t('graph_later')} onClick={() => onRange(moved(range, 1, now))} />
      </fieldset>
      <button type="button" disabled={onBack === undefined} onClick={onBack}>
        {t('graph_back')}
      </button>
      <FixedRange key={JSON.stringify(range)} range={range} now={now} onRange={onRange} />
    </div>
  );
}

function Step({ sign, name, onClick }: { readonly sign: string; readonly name: string; readonly onClick: () => void }) {
  return (
    <button type="button" title={name} aria-label={name} onClick={onClick}>
      {sign}
    </button>
  );
}

function FixedRange({ range, now, onRange }: Omit<TimePickerProps, 'onBack'>) {
  const { t } = useSpeech();
  const span = spanOf(range, now);
  const start = useSignal(fieldText(span.start));
  const end = useSignal(fieldText(span.end));
  const field = (name: string, value: typeof start) => (
    <label>
      {name}{' '}
      <input
        type="datetime-local"
        value={value.value}
        required
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
    </label>
  );
  return (
    <form
      class="fixed-range"
      onSubmit={(event) => {
        event.preventDefault();
        const [from, to] = [fieldTime(start.value), fieldTime(end.value)];
        if (from !== undefined && to !== undefined) onRange(brushed(Math.min(from, to), Math.max(from, to)));
      }}
    >
      {field(t('graph_from'), start)}
      {field(t('graph_to'), end)}
      <button type="submit">{t('graph_apply')}</button>
    </form>
  );
}

/** A moment as the browser's field writes it, in the browser's zone. */
function fieldText(time: number): string {
  const { year, month, day, hour } = wallClockAt(time);
  const minute = Math.floor((time % 3_600_000) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month + 1)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

function fieldTime(text: string): number | undefined {
  const [year, month, day, hour, minute] = (/^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  return momentOf({ year, month: month - 1, day, hour }) + (minute ?? 0) * 60_000;
}
