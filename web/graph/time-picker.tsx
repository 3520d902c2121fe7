import { useSignal } from '@preact/signals';
import { fieldText, fieldTime, MomentField } from '../frame/moment-field.tsx';
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
  return (
    <form
      class="fixed-range"
      onSubmit={(event) => {
        event.preventDefault();
        const [from, to] = [fieldTime(start.value), fieldTime(end.value)];
        if (from !== undefined && to !== undefined) onRange(brushed(Math.min(from, to), Math.max(from, to)));
      }}
    >
      <MomentField name={t('graph_from')} value={start} />
      <MomentField name={t('graph_to')} value={end} />
      <button type="submit">{t('graph_apply')}</button>
    </form>
  );
}
