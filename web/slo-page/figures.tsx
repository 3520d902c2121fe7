import type { ComponentChildren } from 'preact';
import { whyMissing } from '../../server/model/missing-figure.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { budgetLeftText } from '../format/budget-left.ts';
import { BudgetBar } from '../overview/budget-bar.tsx';
import { usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { countedWords } from './counted-words.ts';
import { sloWords } from './words.ts';

/** A number people act on, and the base it stands on. */
interface Figure {
  readonly value: string;
  readonly base: string;
}

const HOUR_SECS = 3600;

function attainedFigure(slo: SloStatus, { language, numbers }: Speech): Figure {
  const w = countedWords(slo, language);
  const { attained, counts, objective } = slo;
  if (attained === undefined) return { value: w('no_value'), base: w('no_value_base') };
  const base = w('figure_attained_base', { good: numbers.count(counts.good), total: numbers.count(counts.total) });
  return { value: numbers.attained(attained, objective), base };
}

function budgetFigure(slo: SloStatus, speech: Speech): Figure {
  const { t, language, numbers } = speech;
  const w = countedWords(slo, language);
  const { budget } = slo;
  const allowed = numbers.amount(budget.allowed);
  if (budget.left_ratio === undefined)
    return { value: w('no_value'), base: t('budget_unknown_text', { why: whyMissing(slo) }) };
  const value = budgetLeftText(budget.left_ratio, speech);
  if (budget.left < 0) return { value, base: w('figure_budget_over', { bad: numbers.count(budget.spent), allowed }) };
  return { value, base: w('figure_budget_base', { left: numbers.amount(budget.left), allowed }) };
}

function burnFigure(slo: SloStatus, { language, numbers, times }: Speech): Figure {
  const w = countedWords(slo, language);
  const burn = slo.burns.find(({ window_secs }) => window_secs === HOUR_SECS);
  const window = times.shortSpan(HOUR_SECS);
  if (burn?.rate === undefined) return { value: w('no_value'), base: w('figure_burn_none', { window }) };
  const counts = { bad: numbers.count(burn.bad), total: numbers.count(burn.total) };
  return { value: numbers.times(burn.rate), base: w('figure_burn_base', { ...counts, window }) };
}

function lastsFigure(slo: SloStatus, { language, times }: Speech): Figure {
  const w = countedWords(slo, language);
  const { exhaustion, window } = slo;
  const { kind } = exhaustion;
  if (kind === 'at') return { value: times.moment(exhaustion.time), base: w('lasts_at_base') };
  const { calendar } = window;
  const renewal = calendar === undefined ? '' : times.moment(calendar.end);
  const base = kind === 'spent' && calendar !== undefined ? 'lasts_spent_until' : (`lasts_${kind}_base` as const);
  return { value: w(`lasts_${kind}`), base: w(base, { moment: renewal }) };
}

/** Attained, budget left, burning now, lasts until: four figures in a row, and the budget as a bar. */
export function Figures({ slo }: { readonly slo: SloStatus }) {
  const speech = useSpeech();
  const w = usePageWords(sloWords);
  return (
    <dl class="figures" aria-label={w('figures')}>
      <FigureItem name={w('figure_attained')} figure={attainedFigure(slo, speech)} />
      <FigureItem name={w('figure_budget')} figure={budgetFigure(slo, speech)} long={slo.budget.left < 0}>
        {slo.budget.left_ratio !== undefined && <BudgetBar slo={slo} />}
      </FigureItem>
      <FigureItem name={w('figure_burn')} figure={burnFigure(slo, speech)} />
      <FigureItem name={w('figure_lasts')} figure={lastsFigure(slo, speech)} long={slo.exhaustion.kind === 'at'} />
    </dl>
  );
}

interface FigureItemProps {
  readonly name: string;
  readonly figure: Figure;
  readonly long?: boolean;
  readonly children?: ComponentChildren;
}

function FigureItem({ name, figure, long = false, children }: FigureItemProps) {
  return (
    <div>
      <dt>{name}</dt>
      {/* The key makes a changed number a new element, which fades in. */}
      <dd key={figure.value} class={long ? 'figure figure-long' : 'figure'}>
        {figure.value}
      </dd>
      <dd class="base">
        {children}
        {figure.base}
      </dd>
    </div>
  );
}
