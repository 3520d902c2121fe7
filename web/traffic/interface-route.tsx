import { TRAFFIC_RANGES, type TrafficDetail } from '../../server/model/traffic.ts';
import { localZone } from '../../server/model/zones.ts';
import type { Answer } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import { useAddress } from '../frame/address.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useRefreshed } from '../frame/refreshed.ts';
import { RELEASES_PART, useReleaseMarks } from '../frame/release-marks.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { serverTime } from '../live/live-state.ts';
import { usePageWords } from '../words/page-words.ts';
import { END_PART, UNIT_PART } from './address-parts.ts';
import { InterfacePage } from './interface-page.tsx';
import { trafficWords } from './words.ts';

interface InterfaceRouteProps {
  readonly host: string;
  readonly device: string;
}

export function InterfaceRoute({ host, device }: InterfaceRouteProps) {
  const { api, live } = useServices();
  const w = usePageWords(trafficWords);
  const unit = useAddress(UNIT_PART);
  const end = useAddress(END_PART);
  const marks = useReleaseMarks(useAddress(RELEASES_PART));
  const question = JSON.stringify([host, device, end.value]);
  const { data, failure, retry } = useRefreshed(question, () => askAll(api, { host, device, end: end.value }));
  const shown = live.state.value.shown;
  const now = shown === undefined ? live.now.value : serverTime(shown, live.now.value);
  if (failure?.code === 'not_found') {
    return (
      <>
        <h1 class="title">{w('not_found')}</h1>
        <p>{w('not_found_why', { host, device })}</p>
        <p>
          <a href="/traffic">{w('back')}</a>
        </p>
      </>
    );
  }
  return (
    <>
      {failure !== undefined && (
        <FailureNotice what="failed_traffic" failure={failure} alone={data === undefined} api={api} onRetry={retry} />
      )}
      {data !== undefined && (
        <InterfacePage
          graphs={data}
          now={now}
          marks={marks}
          past={end.value !== undefined}
          onEnd={(moment) => (end.value = moment)}
          unit={unit.value}
          onUnit={(choice) => (unit.value = choice)}
        />
      )}
      {data === undefined && failure === undefined && <Skeleton />}
    </>
  );
}

/** All four graphs, or the first failure. */
async function askAll(
  api: Pick<Api, 'interface'>,
  question: InterfaceRouteProps & { readonly end: number | undefined },
): Promise<Answer<readonly TrafficDetail[]>> {
  const zone = localZone();
  const answers = await Promise.all(TRAFFIC_RANGES.map((range) => api.interface({ ...question, range, zone })));
  const graphs: TrafficDetail[] = [];
  for (const answer of answers) {
    if (!answer.ok) return answer;
    graphs.push(answer.data);
  }
  return { ok: true, data: graphs };
}
