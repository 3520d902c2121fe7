import { RATE_UNITS, type RateUnit } from '../format/numbers.ts';
import { useSpeech } from '../words/speech.ts';

export interface UnitChoiceProps {
  readonly unit: RateUnit;
  readonly onUnit: (unit: RateUnit) => void;
}

/** Bits or bytes. */
export function UnitChoice({ unit, onUnit }: UnitChoiceProps) {
  const { t } = useSpeech();
  return (
    <div class="choices">
      <fieldset>
        <legend class="spoken">{t('net_unit')}</legend>
        {RATE_UNITS.map((candidate) => (
          <button key={candidate} type="button" aria-pressed={candidate === unit} onClick={() => onUnit(candidate)}>
            {t(`net_unit_${candidate}`)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
