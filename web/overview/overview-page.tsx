import type { Alert } from '../../server/model/alerts.ts';
import type { GateAnswer, SloHistory, SloStatus } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { GateHeadline, GateReasons } from './gate.tsx';
import { SloTable } from './slo-table.tsx';

interface OverviewProps {
  readonly slos: readonly SloStatus[];
  readonly gate: GateAnswer;
  /** Firing or pending, worst first. */
  readonly alerts?: readonly Alert[];
  /** Absent until it is here. */
  readonly history?: SloHistory | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

/** The answer first, the number behind it second, the evidence third. */
export function OverviewPage({ slos, gate, alerts = [], history, now }: OverviewProps) {
  return (
    <>
      <GateHeadline gate={gate} />
      <AlertLine alerts={alerts.filter(({ state }) => state === 'firing')} />
      <GateReasons gate={gate} slos={slos} />
      {slos.length === 0 ? <NoSloYet /> : <SloTable slos={slos} history={history} now={now} />}
    </>
  );
}

function AlertLine({ alerts }: { readonly alerts: readonly Alert[] }) {
  const { t } = useSpeech();
  const [first] = alerts;
  if (first === undefined) return null;
  return (
    <p class="alert-line">
      <a href="/alerts">
        <span aria-hidden="true">▲ </span>
        {t('alert_line', { count: alerts.length, title: first.title })}
      </a>
    </p>
  );
}

function NoSloYet() {
  const { t } = useSpeech();
  return (
    <section aria-labelledby="empty">
      <h2 id="empty">{t('empty_title')}</h2>
      <p>{t('empty_body')}</p>
      <p>
        <a href="/status">{t('nav_status')}</a>
      </p>
    </section>
  );
}
