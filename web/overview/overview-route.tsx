import { FailureNotice } from '../frame/failure-notice.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { serverTime } from '../live/live-state.ts';
import { OverviewPage } from './overview-page.tsx';

export function OverviewRoute() {
  const { api, live } = useServices();
  const { shown, failure } = live.state.value;
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
      {shown !== undefined && <OverviewPage {...shown.evaluation} now={serverTime(shown, live.now.value)} />}
      {shown === undefined && failure === undefined && <Skeleton />}
    </>
  );
}
