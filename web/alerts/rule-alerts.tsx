import type { SilencesAnswer } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import { LineText } from '../logs/line-text.tsx';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertMark } from './alert-mark.tsx';
import { alertWords } from './words.ts';

interface RuleAlertsProps {
  /** Absent: there are no rule files. */
  readonly rules: readonly RuleAlertStatus[] | undefined;
  readonly silences: SilencesAnswer['silences'];
  readonly onSilence: (matchers: readonly Matcher[]) => void;
}

/** A silence has no more matchers. */
const MATCHERS = 16;

/** The alerts of Prometheus rule files: what their authors wrote, and the labels by which receivers and silences know them. */
export function RuleAlerts({ rules, silences, onSilence }: RuleAlertsProps) {
  const w = usePageWords(alertWords);
  if (rules === undefined) return null;
  return (
    <section aria-labelledby="rule-alerts">
      <h2 id="rule-alerts">{w('rules')}</h2>
      {rules.length === 0 ? (
        <p>{w('rules_none')}</p>
      ) : (
        <table class="cards">
          <thead>
            <tr>
              {(
                ['column_alert', 'column_tier', 'rule_labels', 'rule_value', 'column_since', 'rule_quiet'] as const
              ).map((name) => (
                <th key={name} scope="col" class={name === 'rule_value' ? 'number' : undefined}>
                  {w(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rules.map((alert) => (
              <RuleAlertRow key={alert.id} alert={alert} silences={silences} onSilence={onSilence} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function RuleAlertRow({
  alert,
  silences,
  onSilence,
}: Omit<RuleAlertsProps, 'rules'> & { readonly alert: RuleAlertStatus }) {
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  const { rule, annotations, labels, value, since, state, silenced_by } = alert;
  const pairs = Object.entries(labels).filter(([name]) => name !== 'alertname');
  const quiet = silences.filter(({ id }) => silenced_by.includes(id));
  const matchers = Object.entries(labels).map(([name, text]): Matcher => ({ name, op: '=', value: text }));
  return (
    <tr>
      <th scope="row" class="wrapped">
        <LineText text={rule} />
        {[annotations.summary, annotations.description].map(
          (text) =>
            text !== undefined && (
              <span class="block muted">
                <LineText text={text} />
              </span>
            ),
        )}
      </th>
      <td data-label={w('column_tier')}>{state === 'resolved' ? w('rule_over') : <AlertMark alert={alert} />}</td>
      <td data-label={w('rule_labels')} class="mono wrapped">
        <LineText text={pairs.map(([name, text]) => `${name}=${JSON.stringify(text)}`).join(' ')} />
      </td>
      <td data-label={w('rule_value')} class="number">
        {value}
      </td>
      <td data-label={w('column_since')}>{times.shortMoment(since)}</td>
      <td data-label={w('rule_quiet')}>
        {quiet.map(({ id, ends, author, comment }) => (
          <span key={id} class="block">
            {w('quiet', { moment: times.moment(ends), author, comment })}
          </span>
        ))}
        {quiet.length === 0 && state !== 'resolved' && (
          <button
            type="button"
            aria-label={`${w('silence_this')}: ${visibleText(rule)}`}
            onClick={() => onSilence(matchers.slice(0, MATCHERS))}
          >
            {w('silence_this')}
          </button>
        )}
      </td>
    </tr>
  );
}
