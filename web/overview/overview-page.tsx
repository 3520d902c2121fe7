import type { Alert } from '../../server/model/alerts.ts';
import type { GateOverride } from '../../server/model/gate.ts';
import type { GateAnswer, SloHistory, SloStatus } from '../../server/model/slo.ts';
import { visibleText } from '../logs/visible-text.ts';
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
      <Overrides overrides={gate.overrides ?? []} />
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

/** Services that are let through, also those whose gate would not have held them. */
function Overrides({ overrides }: { readonly overrides: readonly GateOverride[] }) {
  const { t, times } = useSpeech();
  return overrides.map(({ id, service, by, ends }) => (
    <p key={id} class="muted">
      <span aria-hidden="true">⚑ </span>
      {t('override_line', { service: visibleText(service), by: visibleText(by), until: times.moment(ends) })}
    </p>
  ));
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
