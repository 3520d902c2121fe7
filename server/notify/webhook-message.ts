import { createHash } from 'node:crypto';
import { ALERT_NAME, type Alert } from '../model/alerts.ts';
import type { Labels } from '../model/labels.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import { type MessageText, messageText, oneLine, type Voice } from './message-text.ts';
import type { AlertMessage } from './receiver.ts';

/** What Go prints for no time; Alertmanager sends it while an alert fires. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** What is told of an alert, whatever it is of. */
interface Told {
  /** Stay the same from firing to resolved: the fingerprint is made of them. */
  readonly identity: Labels;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly groupLabels: Labels;
}

/**
 * Alertmanager's webhook message, version 4
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), of one alert. groupKey and fingerprint stay the same
 * from firing to resolved, and receivers pair the two by them; so do the labels, but `severity` of an SLO's alert.
 */
export function webhookMessage(message: AlertMessage, voice: Voice) {
  const { kind, receiver, content: alert, created } = message;
  const text = messageText(message, voice);
  const { identity, labels, annotations, groupLabels } =
    'rule' in alert ? toldOfRule(alert) : toldOfSlo({ ...message, content: alert }, text);
  return {
    version: '4',
    groupKey: `{}:${groupText(groupLabels)}`,
    truncatedAlerts: 0,
    status: kind,
    receiver,
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: voice.publicUrl ?? '',
    alerts: [
      {
        status: kind,
        labels,
        annotations,
        startsAt: new Date(alert.since).toISOString(),
        endsAt: kind === 'firing' ? NO_TIME : new Date(alert.resolved ?? created).toISOString(),
        generatorURL: text.links.alert ?? '',
        fingerprint: fingerprintOf(identity),
      },
    ],
  };
}

function toldOfSlo(
  { tier, content }: AlertMessage & { readonly content: Alert },
  { subject, sentences }: MessageText,
): Told {
  const { slo, service, owner, title } = content;
  const own = oneLines(content.labels);
  const identity = { ...own, alertname: ALERT_NAME, slo, service: oneLine(service), owner: oneLine(owner) };
  const annotations = { summary: subject, description: sentences.join(' '), title: oneLine(title) };
  return { identity, labels: { ...identity, severity: tier }, annotations, groupLabels: { slo } };
}

/** As the rule says it. A message is about one alert, so all labels are those of its group. */
function toldOfRule({ labels, annotations }: RuleAlertStatus): Told {
  const identity = oneLines(labels);
  return { identity, labels: identity, annotations: oneLines(annotations), groupLabels: identity };
}

function oneLines(texts: Labels): Labels {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, oneLine(value)]));
}

function groupText(labels: Labels): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;
}

function fingerprintOf(labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
