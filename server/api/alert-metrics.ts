import { Counter, Gauge, Registry } from 'prom-client';
import type { AlertService } from '../evaluation/alert-service.ts';
import type { Evaluation } from '../evaluation/slo-service.ts';
import { ALERT_TIERS, type ReceiverStatus, type SilencesAnswer } from '../model/alerts.ts';

const STATES = ['inactive', 'pending', 'firing'] as const;

type Labels = Readonly<Record<string, string>>;

/** `vigie_alert_*`, `vigie_notifications_*` and `vigie_silences`, named as Alertmanager names its own; from the same evaluation. */
export function alertMetrics(evaluation: Evaluation, alerts: AlertService): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  setAlerts(evaluation, gauge);
  setReceivers(alerts.receivers(), registry, gauge);
  setSilences(alerts.silences(), gauge);
  return registry;
}

type MakeGauge = (name: string, help: string, labelNames: string[]) => Gauge;

function setAlerts({ slos, alerts }: Evaluation, gauge: MakeGauge): void {
  const state = gauge('vigie_alert_state', '1 for the state the alert of an SLO is in.', ['slo', 'service', 'state']);
  const firing = gauge('vigie_alert_firing', '1 for the tier at which the alert of an SLO fires.', [
    'slo',
    'service',
    'tier',
  ]);
  const silenced = gauge('vigie_alert_silenced', '1 while a silence keeps the alert quiet.', ['slo', 'service']);
  for (const { id: slo, service } of slos) {
    const alert = alerts.find((candidate) => candidate.slo === slo);
    const labels: Labels = { slo, service };
    for (const name of STATES) state.set({ ...labels, state: name }, (alert?.state ?? 'inactive') === name ? 1 : 0);
    for (const tier of ALERT_TIERS) {
      firing.set({ ...labels, tier }, alert?.state === 'firing' && alert.tier === tier ? 1 : 0);
    }
    silenced.set(labels, alert !== undefined && alert.silenced_by.length > 0 ? 1 : 0);
  }
}

/** Counts since the process started. */
function setReceivers(receivers: readonly ReceiverStatus[], registry: Registry, gauge: MakeGauge): void {
  const labelNames = ['integration', 'receiver_name'];
  const counter = (name: string, help: string): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const sent = counter('vigie_notifications_total', 'Notifications delivered.');
  const failed = counter('vigie_notifications_failed_total', 'Notifications given up.');
  const waiting = gauge('vigie_notifications_waiting', 'Notifications in the journal.', labelNames);
  for (const receiver of receivers) {
    const labels: Labels = { integration: receiver.integration, receiver_name: receiver.name };
    sent.inc(labels, receiver.delivered);
    failed.inc(labels, receiver.failed);
    waiting.set(labels, receiver.waiting);
  }
}

function setSilences({ silences }: SilencesAnswer, gauge: MakeGauge): void {
  const count = gauge('vigie_silences', 'Silences by state.', ['state']);
  for (const state of ['active', 'pending', 'expired'] as const) {
    count.set({ state }, silences.filter((silence) => silence.state === state).length);
  }
}
