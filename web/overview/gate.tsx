import type { GateAnswer, SloStatus } from '../../server/model/slo.ts';
import { gateSentence } from '../../server/model/words/words.ts';
import { useSpeech } from '../words/speech.ts';
import { StateMark } from './state-mark.tsx';

const MAX_REASONS = 3;

/** The answer to "may we ship?": its first word in the colour of the decision, the rest as calm text. */
export function GateHeadline({ gate }: { readonly gate: GateAnswer }) {
  const { t, say } = useSpeech();
  const [word = '', ...rest] = gateSentence(gate, say).split(' — ');
  return (
    <>
      <p class="eyebrow" id="question">
        {t('overview_title')}
      </p>
      <h1 class={`answer decision-${gate.decision}`} aria-describedby="question">
        <strong>{word}</strong>
        {rest.length > 0 && ` — ${rest.join(' — ')}`}
      </h1>
    </>
  );
}

/** At most three reasons, each a link to its SLO. The headline has already said the first; its state says enough here. */
export function GateReasons({ gate, slos }: { readonly gate: GateAnswer; readonly slos: readonly SloStatus[] }) {
  const { t, reason } = useSpeech();
  const shown = gate.reasons.flatMap((entry) => {
    const slo = slos.find(({ id }) => id === entry.slo);
    return slo === undefined ? [] : [{ entry, slo }];
  });
  if (shown.length === 0) return null;
  return (
    <section aria-label={t('reasons')}>
      <ul class="reasons">
        {shown.slice(0, MAX_REASONS).map(({ entry, slo }) => (
          <li key={`${slo.id} ${entry.code}`} class={`decision-${entry.decision}`}>
            <a href={`/slo/${encodeURIComponent(slo.id)}`}>{slo.title}</a>
            {entry === gate.reasons[0] ? <StateMark state={slo.state} /> : <span>{reason(entry)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
