import type { Alert } from '../../server/model/alerts.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { alertSentence } from '../../server/model/words/words.ts';
import { useSpeech } from '../words/speech.ts';

/** What to tell about an alert, most important first. */
export function AlertSentences({ alert }: { readonly alert: Pick<Alert, 'sentences'> }) {
  const { say } = useSpeech();
  return (
    <ul class="alert-words">
      {alert.sentences.map((sentence) => (
        <li key={sentence.code}>{alertSentence(sentence, say)}</li>
      ))}
    </ul>
  );
}

/** What happened to it, oldest first. */
export function AlertTimeline({ alert }: { readonly alert: Pick<Alert, 'timeline'> }) {
  const { say, times } = useSpeech();
  return (
    <ol class="alert-words">
      {alert.timeline.map(({ kind, time }) => (
        <li key={`${time} ${kind}`}>
          <time dateTime={isoMoment(time)}>{times.moment(time)}</time> – {say(`alert_event_${kind}`)}
        </li>
      ))}
    </ol>
  );
}
