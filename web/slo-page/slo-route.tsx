import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ErrorBoundary, lazy } from 'preact-iso';
import type { SloDetail } from '../../server/model/slo.ts';
import type { Failure } from '../api/answer.ts';
import { FailureNotice } from '../frame/failure-notice.tsx';
import { useServices } from '../frame/services.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { spokenSlo } from '../frame/spoken-slo.ts';
import { serverTime } from '../live/live-state.ts';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { exclusionDoor } from './exclusion-door.tsx';
import { NoSuchSlo } from './no-such-slo.tsx';
import { queryWithRange, type Range, rangeStart, readRange } from './range.ts';
import { SloPage } from './slo-page.tsx';
import { sloWords } from './words.ts';

/** Evidence below the charts, which do not wait for it. */
const LazyBadLines = lazy(() => import('../logs/bad-lines.tsx').then((module) => module.BadLines));

/** The page of one SLO: its lines are asked for again at each evaluation the page shows, and for each range. */
export function SloRoute({ id }: { readonly id: string }) {
  const { api, live } = useServices();
  const detail = useSignal<SloDetail | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const attempt = useSignal(0);
  const range = useRange();
  const speech = useSpeech();
  const w = usePageWords(sloWords);
  const shown = live.state.value.shown;
  const evaluated = shown?.evaluation.gate.time;
  useEffect(() => {
    let gone = false;
    const as_of = shown?.evaluation.slos.find((slo) => slo.id === id)?.as_of || evaluated;
    void api.slo(id, rangeStart(range.value, as_of ?? live.now.peek())).then((answer) => {
      if (gone) return;
      if (answer.ok) detail.value = answer.data;
      failure.value = answer.ok ? undefined : answer.failure;
    });
    return () => {
      gone = true;
    };
  }, [id, evaluated, range.value, attempt.value, api, detail, failure]);
  const exclusions = exclusionDoor(api, () => attempt.value++);
  const current = detail.value?.status.id === id ? detail.value : undefined;
  const missing = failure.value?.code === 'not_found';
  const title = missing ? w('slo_not_found') : current && visibleText(spokenSlo(current.status, speech).title);
  useEffect(() => {
    if (title !== undefined) document.title = `${title} – Vigie`;
  }, [title]);
  const decision = shown?.evaluation.gate.slos.find((slo) => slo.id === id)?.decision;
  const now = shown === undefined ? (current?.range.end ?? 0) : serverTime(shown, live.now.value);
  if (missing) return <NoSuchSlo id={id} />;
  return (
    <>
      {failure.value !== undefined && (
        <FailureNotice
          what="failed_slo"
          failure={failure.value}
          alone={current === undefined}
          api={api}
          onRetry={() => {
            attempt.value++;
            live.start();
          }}
        />
      )}
      {current !== undefined && (
        <SloPage
          detail={current}
          decision={decision}
          now={now}
          keep={api.keep}
          undo={exclusions.undo}
          exclusionForm={exclusions.formOf(current.status)}
          range={range.value}
          onRange={(choice) => (range.value = choice)}
        >
          <ErrorBoundary>
            <LazyBadLines
              service={current.status.service}
              kind={current.status.kind}
              span={{ start: current.range.start, end: current.range.end }}
            />
          </ErrorBoundary>
        </SloPage>
      )}
      {current === undefined && failure.value === undefined && <Skeleton />}
    </>
  );
}

/** The range lives in the address, so that a reload or a colleague sees the same charts. */
function useRange(): Signal<Range> {
  const range = useSignal(readRange(location.search));
  useSignalEffect(() => {
    history.replaceState(history.state, '', location.pathname + queryWithRange(location.search, range.value));
  });
  return range;
}
