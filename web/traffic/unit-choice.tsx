import { RATE_UNITS, type RateUnit } from '../../server/model/words/number-formats.ts';
import { usePageWords } from '../words/page-words.ts';
import { trafficWords } from './words.ts';

export interface UnitChoiceProps {
  readonly unit: RateUnit;
  readonly onUnit: (unit: RateUnit) => void;
}

/** Bits or bytes. */
export function UnitChoice({ unit, onUnit }: UnitChoiceProps) {
  const w = usePageWords(trafficWords);
  return (
    <div class="choices">
      <fieldset>
        <legend class="spoken">{w('unit')}</legend>
        {RATE_UNITS.map((candidate) => (
          <button key={candidate} type="button" aria-pressed={candidate === unit} onClick={() => onUnit(candidate)}>
            {w(`unit_${candidate}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
