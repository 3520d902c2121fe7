import type { EvaluationStatus } from '../../server/model/status.ts';
import { Pair } from '../frame/pair.tsx';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { statusWords } from './words.ts';

/** How the rules keep up; those that fail, by name. */
export function Evaluation({ evaluation }: { readonly evaluation: EvaluationStatus | undefined }) {
  const { numbers } = useSpeech();
  const w = usePageWords(statusWords);
  if (evaluation === undefined) return null;
  const {
    slos,
    groups_left_out: left = 0,
    rules,
    rule_groups,
    slo_lag_secs,
    rule_lag_secs,
    missed,
    failing,
  } = evaluation;
  const lag = (secs: number): string => w('evaluation_lag', { secs: numbers.scaled(secs) });
  return (
    <section aria-labelledby="evaluation">
      <h2 id="evaluation">{w('evaluation')}</h2>
      <dl class="pairs">
        <Pair name={w('evaluation_slos', { slos })}>
          {slo_lag_secs === undefined ? '–' : lag(slo_lag_secs)}
          {left > 0 && ` ${w('evaluation_left_out', { left })}`}
        </Pair>
        {rule_lag_secs !== undefined && (
          <Pair name={w('evaluation_rules', { rules, groups: rule_groups })}>
            {lag(rule_lag_secs)}
            {missed > 0 && ` ${w('evaluation_missed', { missed })}`}
          </Pair>
        )}
        {failing.map(({ group, rule, error }) => (
          <Pair key={`${group} ${rule}`} name={w('evaluation_failing', { rule })}>
            <LineText text={`${group}: ${error}`} />
          </Pair>
        ))}
      </dl>
    </section>
  );
}
