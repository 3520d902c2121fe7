import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AlertDetail } from '../../server/model/alerts.ts';
import { useAnswerTo } from '../frame/answer-to.ts';
import { PageFailure } from '../frame/page-failure.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { spokenAlert } from '../frame/spoken-slo.ts';
import { serverTime } from '../live/live-state.ts';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertPage, NoSuchAlert } from './alert-page.tsx';
import { alertWords } from './words.ts';
import '../style/alerts.css';

/** The page of one alert, which messages about it lead to. It follows the stream for as long as the alert is not over. */
export function AlertRoute({ id }: { readonly id: string }) {
  const { api, live } = useServices();
  const speech = useSpeech();
  const w = usePageWords(alertWords);
  const attempt = useSignal(0);
  const shown = live.state.value.shown;
  const current = shown?.evaluation.alerts.find((alert) => alert.id === id);
  const question = JSON.stringify([id, attempt.value, current === undefined]);
  const asked = useAnswerTo(question, () => api.ask<AlertDetail>(`/api/vigie/alerts/${encodeURIComponent(id)}`));
  const alert = current ?? asked.data?.alert;
  const missing = alert === undefined && asked.failure?.code === 'not_found';
  const title = missing ? w('alert_missing') : alert && visibleText(spokenAlert(alert, speech).title);
  useEffect(() => {
    if (title !== undefined) document.title = `${title} – Vigie`;
  }, [title]);
  if (missing) return <NoSuchAlert id={id} />;
  if (alert !== undefined) {
    const now = shown === undefined ? alert.figures.as_of : serverTime(shown, live.now.value);
    return <AlertPage alert={alert} now={now} />;
  }
  if (asked.failure === undefined) return <Skeleton />;
  const again = (): void => {
    attempt.value++;
  };
  return <PageFailure words={alertWords} what="failed" failure={asked.failure} api={api} onRetry={again} />;
}
