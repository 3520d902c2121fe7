import { useAddress } from '../frame/address.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useRefreshed } from '../frame/refreshed.ts';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { UNIT_PART } from './address-parts.ts';
import { InterfacesPage } from './interfaces-page.tsx';

export function InterfacesRoute() {
  const { api } = useServices();
  const unit = useAddress(UNIT_PART);
  const { data, failure, retry } = useRefreshed('', api.traffic);
  return (
    <>
      {failure !== undefined && (
        <FailureNotice what="failed_traffic" failure={failure} alone={data === undefined} api={api} onRetry={retry} />
      )}
      {data !== undefined && (
        <InterfacesPage overview={data} unit={unit.value} onUnit={(choice) => (unit.value = choice)} />
      )}
      {data === undefined && failure === undefined && <Skeleton />}
    </>
  );
}
