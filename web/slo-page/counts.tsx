import type { SloStatus } from '../../server/model/slo.ts';
import { Pair } from '../frame/pair.tsx';
import { useSpeech } from '../words/speech.ts';
import { countedWords } from './counted-words.ts';

/** The counts everything above was computed from, and how. */
export function Counts({ slo }: { readonly slo: SloStatus }) {
  const { t, language, numbers, times } = useSpeech();
  const w = countedWords(slo, language);
  const { counts, budget, window, objective } = slo;
  const allowed = numbers.amount(budget.allowed);
  const bad = numbers.count(counts.bad);
  const spent = numbers.count(budget.spent);
  return (
    <section aria-labelledby="counts">
      <h2 id="counts">{w('counts')}</h2>
      <dl class="pairs">
        <Pair name={w('counts_window')}>
          {window.end > 0
            ? w('counts_range', { start: times.moment(window.start), end: times.moment(window.end) })
            : t('moment_never')}
        </Pair>
        <Pair name={w('counts_total')}>{numbers.count(counts.total)}</Pair>
        <Pair name={w('counts_good')}>{numbers.count(counts.good)}</Pair>
        <Pair name={w('counts_bad')}>{bad}</Pair>
        {budget.events !== undefined && (
          <Pair name={w('counts_traffic')}>{w('counts_traffic_how', { total: numbers.count(budget.events) })}</Pair>
        )}
        <Pair name={w('counts_allowed')}>
          {w('counts_allowed_how', {
            total: numbers.count(budget.events ?? counts.total),
            objective: numbers.objective(objective),
            allowed,
          })}
        </Pair>
        <Pair name={w('counts_left')}>
          {w('counts_left_how', { allowed, bad: spent, left: numbers.amount(budget.left) })}
        </Pair>
      </dl>
    </section>
  );
}
