import { useId } from 'preact/hooks';
import { whyMissing } from '../../server/model/missing-figure.ts';
import type { SloState, SloStatus } from '../../server/model/slo.ts';
import { budgetLeftText } from '../format/budget-left.ts';
import { useSpeech } from '../words/speech.ts';
import { type BudgetGeometry, budgetGeometry } from './budget-geometry.ts';

const HEIGHT_PX = 10;

/** States whose counts do not carry a verdict yet: their bar is an outline. */
const PROVISIONAL: ReadonlySet<SloState> = new Set(['too_new', 'too_little_traffic', 'no_data', 'no_traffic']);

/** The bar is for the eye; the words beside it, of which some are only spoken, say the same. */
export function BudgetBar({ slo }: { readonly slo: SloStatus }) {
  const speech = useSpeech();
  const { t, numbers } = speech;
  const bar = budgetGeometry(slo);
  const ratio = slo.budget.left_ratio;
  if (bar === undefined || ratio === undefined)
    return <span class="muted">{t('budget_unknown_text', { why: whyMissing(slo) })}</span>;
  const left = budgetLeftText(ratio, speech);
  const text = ratio < 0 ? left : t('budget_left_text', { left, spent: numbers.percent(1 - ratio) });
  return (
    <span class="budget">
      <Bar bar={bar} state={slo.state} />
      <span class="budget-number" aria-hidden="true">
        {left}
      </span>
      <span class="spoken">
        {text}
        {bar.ideal > 0 ? `, ${t('ideal_text', { ideal: numbers.percent(bar.ideal, 0) })}` : ''}
      </span>
    </span>
  );
}

interface BarProps {
  readonly bar: BudgetGeometry;
  readonly state: SloState;
}

/** What is left is solid and grows from the left; what is overspent is hatched and grows from the right. */
function Bar({ bar, state }: BarProps) {
  const hatch = useId();
  return (
    <svg
      class={PROVISIONAL.has(state) ? 'budget-bar provisional' : `budget-bar state-${state}`}
      height={HEIGHT_PX}
      aria-hidden="true"
    >
      <rect class="bar-track" width="100%" height="100%" />
      {bar.left > 0 && <rect class="bar-left" width={percent(bar.left)} height="100%" />}
      {bar.over > 0 && (
        <>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect class="bar-over" width="2.5" height="5" />
          </pattern>
          <rect class="bar-over-edge" width="100%" height="100%" />
          <rect x={percent(1 - bar.over)} width={percent(bar.over)} height="100%" fill={`url(#${hatch})`} />
        </>
      )}
      {bar.ideal > 0 && <rect class="bar-ideal" x={percent(bar.ideal)} width="1.5" height="100%" />}
    </svg>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}
