import type { GateAnswer, SloStatus } from '../../server/model/slo.ts';
import type { SloName } from '../../server/model/words/slo-name-text.ts';
import { gateSentence } from '../../server/model/words/words.ts';
import { LineText } from '../logs/line-text.tsx';
import { useSpeech } from '../words/speech.ts';
import { StateMark } from './state-mark.tsx';

const MAX_REASONS = 3;

/** Where the verdict of the sentence ends: "Yes — …", "Cannot say. …". */
const VERDICT_END = / — |\. /;

/** The answer to "may we ship?": its verdict in the colour of the decision, the rest as calm text. */
export function GateHeadline({ gate }: { readonly gate: GateAnswer }) {
  const { t, say } = useSpeech();
  const sentence = gateSentence(gate, say);
  const end = VERDICT_END.exec(sentence)?.index ?? sentence.length;
  return (
    <>
      <p class="eyebrow" id="question">
        {t('overview_title')}
      </p>
      <h1 class={`answer decision-${gate.decision}`} aria-describedby="question">
        <strong>{sentence.slice(0, end)}</strong>
        {sentence.slice(end)}
      </h1>
    </>
  );
}

interface GateReasonsProps {
  readonly gate: GateAnswer;
  readonly slos: readonly SloStatus[];
  readonly name: SloName;
}

/** At most three SLOs with their first reason, each a link. The headline has already said the very first; its state says enough here. */
export function GateReasons({ gate, slos, name }: GateReasonsProps) {
  const { t, reason } = useSpeech();
  const shown = firstReasons(gate, slos);
  if (shown.length === 0) return null;
  return (
    <section aria-label={t('reasons')}>
      <ul class="reasons">
        {shown.map(({ entry, slo }) => (
          <li key={slo.id} class={`decision-${entry.decision}`}>
            <a href={`/slo/${encodeURIComponent(slo.id)}`}>
              <LineText text={name(slo)} />
            </a>
            {entry === gate.reasons[0] ? <StateMark state={slo.state} /> : <span>{reason(entry)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The tiers of one fire are one reason to people. */
function firstReasons({ reasons }: GateAnswer, slos: readonly SloStatus[]) {
  const shown = new Map<string, { entry: GateAnswer['reasons'][number]; slo: SloStatus }>();
  for (const entry of reasons) {
    const slo = shown.has(entry.slo) ? undefined : slos.find(({ id }) => id === entry.slo);
    if (slo !== undefined) shown.set(slo.id, { entry, slo });
    if (shown.size === MAX_REASONS) break;
  }
  return [...shown.values()];
}
