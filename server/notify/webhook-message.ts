import { createHash } from 'node:crypto';
import { ALERT_NAME } from '../model/alerts.ts';
import type { Labels } from '../model/labels.ts';
import { messageText, oneLine, type Voice } from './message-text.ts';
import type { OutgoingMessage } from './receiver.ts';

/** What Go prints for no time; Alertmanager sends it while an alert fires. */
const NO_TIME = '0001-01-01T00:00:00Z';

/**
 * Alertmanager's webhook message, version 4
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), of one alert. Labels but `severity` stay the same
 * from firing to resolved, and so do groupKey and fingerprint, which receivers pair the two by.
 */
export function webhookMessage(message: OutgoingMessage, voice: Voice) {
  const { kind, tier, receiver, content: alert, created } = message;
  const { subject, sentences, links } = messageText(message, voice);
  const identity = identityOf(message);
  const labels = { ...identity, severity: tier };
  const annotations = { summary: subject, description: sentences.join(' '), title: oneLine(alert.title) };
  return {
    version: '4',
    groupKey: `{}:{slo=${JSON.stringify(alert.slo)}}`,
    truncatedAlerts: 0,
    status: kind,
    receiver,
    groupLabels: { slo: alert.slo },
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
        generatorURL: links.alert ?? '',
        fingerprint: fingerprintOf(identity),
      },
    ],
  };
}

function identityOf({ content: { labels, slo, service, owner } }: OutgoingMessage): Labels {
  const own = Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, oneLine(value)]));
  return { ...own, alertname: ALERT_NAME, slo, service: oneLine(service), owner: oneLine(owner) };
}

function fingerprintOf(labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
