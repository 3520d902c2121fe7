import type { Alert } from '../../server/model/alerts.ts';
import { spokenAlert } from '../frame/spoken-slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertFigureList } from './alert-figures.tsx';
import { AlertMark } from './alert-mark.tsx';
import { AlertSentences, AlertTimeline } from './alert-timeline.tsx';
import { Messages } from './messages.tsx';
import { alertWords } from './words.ts';

interface AlertPageProps {
  readonly alert: Alert;
  /** The server's time, ms. */
  readonly now: number;
}

/** One alert, firing or over: what burns, its figures, what happened and who was told. */
export function AlertPage({ alert, now }: AlertPageProps) {
  const speech = useSpeech();
  const { say } = speech;
  const w = usePageWords(alertWords);
  return (
    <>
      <p class="eyebrow">
        <AlertMark alert={alert} />
        <span>{say(`alert_state_${alert.state}`)}</span>
      </p>
      <h1 class="title">
        <LineText text={spokenAlert(alert, speech).title} />
      </h1>
      <AlertFigureList alert={alert} now={now} />
      <AlertSentences alert={alert} />
      <section aria-labelledby="events">
        <h2 id="events">{w('events')}</h2>
        <AlertTimeline alert={alert} />
        <Messages alert={alert.id} />
      </section>
      <p class="alert-actions">
        <a href={`/slo/${encodeURIComponent(alert.slo)}`}>{say('alert_open_slo')}</a> · <AllAlerts />
      </p>
    </>
  );
}

/** A mistyped address, or an alert that made room for later ones. */
export function NoSuchAlert({ id }: { readonly id: string }) {
  const w = usePageWords(alertWords);
  return (
    <>
      <h1 class="title">{w('alert_missing')}</h1>
      <p>{w('alert_missing_why', { id })}</p>
      <p>
        <AllAlerts />
      </p>
    </>
  );
}

function AllAlerts() {
  return <a href="/alerts">{usePageWords(alertWords)('alert_all')}</a>;
}
