import { HISTORY_DAYS } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { barPath, type DayBar, dayBars, STEP_PX } from './day-geometry.ts';

const HEIGHT_PX = 24;

interface DayBarsProps {
  /** The burn of each day; null without traffic. */
  readonly burns: readonly (number | null)[];
  /** Ends of the days, ms. */
  readonly days: readonly number[];
}

/** A bar a day: as high as the hairline where the day spent its share of the budget. The words say the worst of them. */
export function DayBars({ burns, days }: DayBarsProps) {
  const { t, numbers, times } = useSpeech();
  const { bars, allowance, worst } = dayBars(burns, HEIGHT_PX);
  const end = worst === undefined ? undefined : days[worst.day];
  const text =
    worst === undefined || end === undefined
      ? t('days_none')
      : t('days_worst', { day: times.day(end - 1), burn: numbers.times(worst.burn) });
  return (
    <svg class="day-bars" width={HISTORY_DAYS * STEP_PX} height={HEIGHT_PX} role="img" aria-label={text}>
      <title>{text}</title>
      <line class="day-allowance" x1="0" x2="100%" y1={allowance} y2={allowance} />
      <Bars kind="day-bar" bars={bars.filter(({ over }) => !over)} />
      <Bars kind="day-over" bars={bars.filter(({ over }) => over)} />
    </svg>
  );
}

function Bars({ kind, bars }: { readonly kind: string; readonly bars: readonly DayBar[] }) {
  return bars.length === 0 ? null : <path class={kind} d={barPath(bars)} />;
}
