import type { Alert } from '../../server/model/alerts.ts';
import type { GateOverride } from '../../server/model/gate.ts';
import type { GateAnswer, SloGroups, SloHistory, SloStatus } from '../../server/model/slo.ts';
import type { SloName } from '../../server/model/words/slo-name-text.ts';
import { spokenAlert, spokenSlo } from '../frame/spoken-slo.ts';
import { visibleText } from '../logs/visible-text.ts';
import { useSpeech } from '../words/speech.ts';
import { GateHeadline, GateReasons } from './gate.tsx';
import { sloNames } from './slo-names.ts';
import { SloTable } from './slo-table.tsx';

interface OverviewProps {
  readonly slos: readonly SloStatus[];
  readonly groups?: readonly SloGroups[] | undefined;
  readonly gate: GateAnswer;
  /** Firing or pending, worst first. */
  readonly alerts?: readonly Alert[];
  /** Absent until it is here. */
  readonly history?: SloHistory | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

/** The answer first, the number behind it second, the evidence third. */
export function OverviewPage({ groups = [], gate, history, now, ...known }: OverviewProps) {
  const speech = useSpeech();
  const slos = known.slos.map((slo) => spokenSlo(slo, speech));
  const alerts = (known.alerts ?? []).map((alert) => spokenAlert(alert, speech));
  const name = sloNames(slos, speech);
  return (
    <>
      <GateHeadline gate={gate} />
      <AlertLine alerts={alerts.filter(({ state }) => state === 'firing')} name={name} />
      <Overrides overrides={gate.overrides ?? []} />
      <GateReasons gate={gate} slos={slos} name={name} />
      {slos.length === 0 ? <NoSloYet /> : <SloTable slos={slos} name={name} history={history} now={now} />}
      <LeftOut groups={groups.filter(({ left_out }) => left_out > 0)} />
    </>
  );
}

function AlertLine({ alerts, name }: { readonly alerts: readonly Alert[]; readonly name: SloName }) {
  const { t } = useSpeech();
  const [first] = alerts;
  if (first === undefined) return null;
  return (
    <p class="alert-line">
      <a href="/alerts">
        <span aria-hidden="true">▲ </span>
        {t('alert_line', { count: alerts.length, title: name({ id: first.slo, title: first.title }) })}
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

/** Groups that nobody judges, under the table they are not in. */
function LeftOut({ groups }: { readonly groups: readonly SloGroups[] }) {
  const { t } = useSpeech();
  return groups.map(({ slo, group_by, groups: made, left_out, max_groups }) => {
    const counts = { left: left_out, all: made + left_out, most: max_groups };
    return (
      <p key={slo} class="muted">
        {t('slo_groups_left_out', { id: slo, labels: group_by.join(', '), ...counts })}
      </p>
    );
  });
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
