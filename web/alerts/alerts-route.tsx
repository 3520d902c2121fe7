import { useSignal } from '@preact/signals';
import type { Alert, AlertsAnswer, SilencesAnswer } from '../../server/model/alerts.ts';
import type { Failure } from '../api/answer.ts';
import { useAnswerTo } from '../frame/answer-to.ts';
import { PageFailure } from '../frame/page-failure.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { serverTime } from '../live/live-state.ts';
import { AlertsPage } from './alerts-page.tsx';
import { alertWords } from './words.ts';
import '../style/alerts.css';
import '../style/decision-form.css';

const EVERY_MS = 60_000;

/**
 * Alerts that are not over come with the stream, as the figures of their SLOs do. The rest is asked again whenever the stream tells of
 * a change, and every minute for messages and receivers.
 */
export function AlertsRoute() {
  const { api, live } = useServices();
  const attempt = useSignal(0);
  const older = useSignal<readonly AlertsAnswer[]>([]);
  const moreFailure = useSignal<Failure | undefined>(undefined);
  const shown = live.state.value.shown;
  const minute = Math.floor(live.now.value / EVERY_MS);
  const question = JSON.stringify([attempt.value, minute, (shown?.evaluation.alerts ?? []).map(changing)]);
  const alerts = useAnswerTo(question, () => api.ask<AlertsAnswer>('/api/vigie/alerts'));
  const silences = useAnswerTo(question, () => api.ask<SilencesAnswer>('/api/vigie/silences'));
  const failure = alerts.failure ?? silences.failure;
  const now = shown === undefined ? alerts.data?.time : serverTime(shown, live.now.value);
  const pages = alerts.data === undefined ? [] : [alerts.data, ...older.value];
  const next = pages.at(-1)?.next;
  const again = (): void => {
    attempt.value++;
    void live.reload();
  };
  return (
    <>
      {failure !== undefined && (
        <PageFailure words={alertWords} what="failed" failure={failure} api={api} onRetry={again} />
      )}
      {alerts.data !== undefined && silences.data !== undefined && (
        <AlertsPage
          current={shown?.evaluation.alerts ?? alerts.data.current}
          rules={alerts.data.rules}
          receivers={alerts.data.receivers}
          silences={silences.data.silences}
          history={distinct(pages.flatMap((page) => page.history))}
          slos={shown?.evaluation.slos ?? []}
          now={now ?? alerts.data.time}
          onChanged={again}
          moreFailure={moreFailure.value}
          onMore={
            next === undefined
              ? undefined
              : () =>
                  void api.ask<AlertsAnswer>(`/api/vigie/alerts?before=${next}`).then((answer) => {
                    if (answer.ok) older.value = [...older.value, answer.data];
                    moreFailure.value = answer.ok ? undefined : answer.failure;
                  })
          }
        />
      )}
      {(alerts.data === undefined || silences.data === undefined) && failure === undefined && <Skeleton />}
    </>
  );
}

function changing({ id, state, tier, silenced_by, no_data_since }: Alert): unknown {
  return [id, state, tier, silenced_by, no_data_since];
}

/** An alert that ended after an older page was read may be on two. */
function distinct(alerts: readonly Alert[]): readonly Alert[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}
