import type { ComponentChildren } from 'preact';
import type { SloStatus } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';

/** The counts everything above was computed from, and how. */
export function Counts({ slo }: { readonly slo: SloStatus }) {
  const { t, numbers, times } = useSpeech();
  const { counts, budget, window, objective } = slo;
  const allowed = numbers.amount(budget.allowed);
  const bad = numbers.count(counts.bad);
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">{t('counts')}</h2>
      <dl class="pairs">
        <Pair name={t('counts_window')}>
          {window.end > 0
            ? t('counts_range', { start: times.moment(window.start), end: times.moment(window.end) })
            : t('moment_never')}
        </Pair>
        <Pair name={t('counts_total')}>{numbers.count(counts.total)}</Pair>
        <Pair name={t('counts_good')}>{numbers.count(counts.good)}</Pair>
        <Pair name={t('counts_bad')}>{bad}</Pair>
        <Pair name={t('counts_allowed')}>
          {t('counts_allowed_how', {
            total: numbers.count(counts.total),
            objective: numbers.objective(objective),
            allowed,
          })}
        </Pair>
        <Pair name={t('counts_left')}>{t('counts_left_how', { allowed, bad, left: numbers.amount(budget.left) })}</Pair>
      </dl>
    </section>
  );
}

export function Pair({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
