import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SloHistory } from '../../server/model/slo.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { serverTime } from '../live/live-state.ts';
import { OverviewPage } from './overview-page.tsx';

export function OverviewRoute() {
  const { api, live } = useServices();
  const { shown, failure } = live.state.value;
  const history = useHistory(shown?.evaluation.gate.time);
  return (
    <>
      {failure !== undefined && (
        <FailureNotice
          what="failed_slos"
          failure={failure}
          alone={shown === undefined}
          api={api}
          onRetry={live.start}
        />
      )}
      {shown !== undefined && (
        <OverviewPage {...shown.evaluation} history={history} now={serverTime(shown, live.now.value)} />
      )}
      {shown === undefined && failure === undefined && <Skeleton />}
    </>
  );
}

/** The days change slowly: they are asked for again only when those shown are old. One that failed is tried with the next evaluation. */
const FRESH_MS = 300_000;

function useHistory(evaluated: number | undefined): SloHistory | undefined {
  const { api } = useServices();
  const history = useSignal<SloHistory | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    if (evaluated === undefined || evaluated - (history.peek()?.time ?? 0) < FRESH_MS) return;
    void api.history().then((answer) => {
      if (!gone && answer.ok) history.value = answer.data;
    });
    return () => {
      gone = true;
    };
  }, [evaluated, api, history]);
  return history.value;
}
