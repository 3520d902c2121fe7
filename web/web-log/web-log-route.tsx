import { useSignal, useSignalEffect } from '@preact/signals';
import type { WebLogReport, WebLogService } from '../../server/model/web-log.ts';
import { addressOf, queryWith } from '../frame/address.ts';
import { useAnswerTo } from '../frame/answer-to.ts';
import { PageFailure } from '../frame/page-failure.tsx';
import { RELEASES_PART, useReleaseMarks } from '../frame/release-marks.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { WebLogPage } from './web-log-page.tsx';
import { knownDays, readWebLogSearch, reportParams, writeWebLogSearch } from './web-log-search.ts';
import { webLogPageWords } from './words.ts';
import '../style/web-log.css';

/** Names of each table, at first and when somebody wants more. */
const ROWS = 100;
const MORE_ROWS = 2000;
const EVERY_MS = 60_000;

export function WebLogRoute() {
  const { api, live } = useServices();
  const search = useSignal(readWebLogSearch(location.search));
  const marked = useSignal(addressOf(RELEASES_PART));
  const marks = useReleaseMarks(marked);
  const limit = useSignal(ROWS);
  const attempt = useSignal(0);
  useSignalEffect(() => {
    const query = queryWith(writeWebLogSearch(search.value), RELEASES_PART.name, RELEASES_PART.write(marked.value));
    history.replaceState(history.state, '', location.pathname + query);
  });
  const minute = Math.floor(live.now.value / EVERY_MS);
  const asked = JSON.stringify([attempt.value, minute]);
  const services = useAnswerTo(asked, () =>
    api.ask<{ readonly services: readonly WebLogService[] }>('/api/vigie/web-log/services'),
  );
  const known = services.data && knownDays(services.data.services, search.value.service);
  const params = String(reportParams(search.value, known?.to, limit.value));
  const report = useAnswerTo(known && asked + params, () => api.ask<WebLogReport>(`/api/vigie/web-log?${params}`));
  const failure = services.failure ?? report.failure;
  return (
    <>
      {failure !== undefined && (
        <PageFailure
          words={webLogPageWords}
          what="failed"
          failure={failure}
          api={api}
          onRetry={() => {
            attempt.value++;
            live.start();
          }}
        />
      )}
      {services.data !== undefined && (
        <WebLogPage
          services={services.data.services}
          search={search.value}
          onSearch={(next) => (search.value = next)}
          report={report.data}
          marks={marks}
          onMore={limit.value === ROWS ? () => (limit.value = MORE_ROWS) : undefined}
        />
      )}
      {failure === undefined && (services.data === undefined || (known && report.data === undefined)) && <Skeleton />}
    </>
  );
}
