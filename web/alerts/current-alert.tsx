import type { Alert, SilencesAnswer } from '../../server/model/alerts.ts';
import { LineText } from '../logs/line-text.tsx';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertFigureList } from './alert-figures.tsx';
import { AlertMark } from './alert-mark.tsx';
import { AlertSentences, AlertTimeline } from './alert-timeline.tsx';
import { Messages } from './messages.tsx';
import { alertWords } from './words.ts';

interface CurrentAlertProps {
  readonly alert: Alert;
  readonly silences: SilencesAnswer['silences'];
  readonly now: number;
  readonly onSilence: () => void;
}

/** An alert that fires: its figures in a row, then what they mean, then what keeps it quiet. */
export function CurrentAlert({ alert, silences, now, onSilence }: CurrentAlertProps) {
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  const isQuiet = alert.silenced_by.length > 0;
  return (
    <article class={`alert alert-${alert.tier}`} aria-labelledby={alert.id}>
      <p class="eyebrow">
        <AlertMark alert={alert} />
      </p>
      <h3 id={alert.id}>
        <a href={`/slo/${encodeURIComponent(alert.slo)}`}>
          <LineText text={alert.title} />
        </a>
      </h3>
      <AlertFigureList alert={alert} now={now} />
      <AlertSentences alert={alert} />
      <p>
        {isQuiet
          ? silences
              .filter(({ id }) => alert.silenced_by.includes(id))
              .map(({ id, ends, author, comment }) => (
                <span key={id} class="block">
                  {w('quiet', { moment: times.moment(ends), author, comment })}
                </span>
              ))
          : w('told')}
      </p>
      <p class="alert-actions">
        {!isQuiet && (
          <button type="button" aria-label={`${w('silence_this')}: ${visibleText(alert.title)}`} onClick={onSilence}>
            {w('silence_this')}
          </button>
        )}
      </p>
      <details>
        <summary>{w('events')}</summary>
        <AlertTimeline alert={alert} />
      </details>
      <Messages alert={alert.id} />
    </article>
  );
}
