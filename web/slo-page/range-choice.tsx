import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { type Range, rangeLength, rangesWithin } from './range.ts';
import { sloWords } from './words.ts';

export interface RangeChoiceProps {
  readonly range: Range;
  readonly onRange: (range: Range) => void;
}

/** How far back all charts of the page look. */
export function RangeChoice({ range, onRange, window_secs }: RangeChoiceProps & { readonly window_secs: number }) {
  const { t, times } = useSpeech();
  const w = usePageWords(sloWords);
  return (
    <div class="choices">
      <fieldset>
        <legend class="spoken">{t('range')}</legend>
        {rangesWithin(window_secs).map((candidate) => {
          const length = rangeLength(candidate);
          return (
            <button key={candidate} type="button" aria-pressed={candidate === range} onClick={() => onRange(candidate)}>
              {length === undefined ? w('range_window') : times.shortSpan(length)}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}
