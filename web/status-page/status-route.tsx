import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SystemStatus } from '../../server/model/status.ts';
import type { Failure } from '../api/answer.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { StatusPage } from './status-page.tsx';

export function StatusRoute() {
  const { api, live } = useServices();
  const status = useSignal<SystemStatus | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const attempt = useSignal(0);
  const evaluated = live.state.value.shown?.evaluation.gate.time;
  useEffect(() => {
    let gone = false;
    void api.status().then((answer) => {
      if (gone) return;
      if (answer.ok) status.value = answer.data;
      failure.value = answer.ok ? undefined : answer.failure;
    });
    return () => {
      gone = true;
    };
  }, [evaluated, attempt.value, api, status, failure]);
  return (
    <>
      {failure.value !== undefined && (
        <FailureNotice
          what="failed_status"
          failure={failure.value}
          alone={status.value === undefined}
          api={api}
          onRetry={() => {
            attempt.value++;
            live.start();
          }}
        />
      )}
      {status.value !== undefined && <StatusPage status={status.value} />}
      {status.value === undefined && failure.value === undefined && <Skeleton />}
    </>
  );
}
