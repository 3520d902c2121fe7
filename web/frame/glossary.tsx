import { useSpeech } from '../words/speech.ts';

const TERMS = ['define_sli', 'define_slo', 'define_error_budget', 'define_burn_rate'] as const;

/** One sentence per word of the trade, the same on every page. */
export function Glossary() {
  const { t, say } = useSpeech();
  return (
    <details class="glossary">
      <summary>{t('glossary')}</summary>
      <ul>
        {TERMS.map((term) => (
          <li key={term}>{say(term)}</li>
        ))}
      </ul>
    </details>
  );
}
