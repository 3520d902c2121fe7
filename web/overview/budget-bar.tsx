import type { SloStatus } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { budgetGeometry } from './budget-geometry.ts';

const WIDTH = 100;
const HEIGHT = 10;

/** The bar is for the eye; the words beside it, of which some are only spoken, say the same. */
export function BudgetBar({ slo }: { readonly slo: SloStatus }) {
  const { t, numbers } = useSpeech();
  const bar = budgetGeometry(slo);
  const ratio = slo.budget.left_ratio;
  if (bar === undefined || ratio === undefined) return <span class="muted">{t('budget_unknown_text')}</span>;
  const text =
    ratio < 0
      ? t('budget_over_text', { spent: numbers.percent(1 - ratio, 0), over: numbers.percent(-ratio, 0) })
      : t('budget_left_text', { left: numbers.percent(ratio), spent: numbers.percent(1 - ratio) });
  return (
    <span class="budget">
      <svg
        class={`budget-bar state-${slo.state}`}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect class="bar-track" width={WIDTH} height={HEIGHT} />
        <rect class="bar-left" width={bar.left * WIDTH} height={HEIGHT} />
        <rect class="bar-over" width={bar.over * WIDTH} height={HEIGHT} />
        {bar.ideal > 0 && <rect class="bar-ideal" x={bar.ideal * WIDTH - 0.75} width={1.5} height={HEIGHT} />}
      </svg>
      <span class="budget-number" aria-hidden="true">
        {numbers.percent(ratio, ratio > -1 && ratio < 1 ? 1 : 0)}
      </span>
      <span class="spoken">
        {text}
        {bar.ideal > 0 ? `; ${t('ideal_text', { ideal: numbers.percent(bar.ideal, 0) })}` : ''}
      </span>
    </span>
  );
}
