import type { BudgetPolicyLevel } from '../../server/model/slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { sloWords } from './words.ts';

/** What the team has agreed to do as the budget shrinks, and where it stands now. */
export function BudgetPolicy({ levels }: { readonly levels: readonly BudgetPolicyLevel[] }) {
  const w = usePageWords(sloWords);
  return (
    <section aria-labelledby="budget-policy">
      <h2 id="budget-policy">{w('policy')}</h2>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">{w('policy_left')}</th>
            <th scope="col">{w('policy_action')}</th>
            <th scope="col">{w('policy_who')}</th>
            <th scope="col">{w('policy_state')}</th>
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <Level key={level.left_ratio} level={level} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Level({ level }: { readonly level: BudgetPolicyLevel }) {
  const { numbers } = useSpeech();
  const w = usePageWords(sloWords);
  const { left_ratio, action, who = '–', freeze, in_force } = level;
  return (
    <tr>
      <th scope="row">{w('policy_at', { left: numbers.percent(left_ratio, 1) })}</th>
      <td data-label={w('policy_action')}>
        <LineText text={action} />
        {freeze && <span class="muted"> {w('policy_freeze')}</span>}
      </td>
      <td data-label={w('policy_who')}>
        <LineText text={who} />
      </td>
      <td data-label={w('policy_state')}>
        {in_force ? <strong class="state state-burning">▲ {w('policy_in_force')}</strong> : w('policy_waits')}
      </td>
    </tr>
  );
}
