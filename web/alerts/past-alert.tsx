import type { Alert } from '../../server/model/alerts.ts';
import { usePageWords } from '../words/page-words.ts';
import { AlertFigureList } from './alert-figures.tsx';
import { AlertSentences, AlertTimeline } from './alert-timeline.tsx';
import { Messages } from './messages.tsx';
import { alertWords } from './words.ts';

/** What an alert that is over was about: what it came to, its figures as of its last change, what happened and who was told. */
export function PastAlert({ alert }: { readonly alert: Alert }) {
  const w = usePageWords(alertWords);
  return (
    <div class="past-alert">
      <AlertSentences alert={alert} />
      <AlertFigureList alert={alert} now={alert.resolved ?? alert.since} />
      <h3>{w('events')}</h3>
      <AlertTimeline alert={alert} />
      <Messages alert={alert.id} />
    </div>
  );
}
