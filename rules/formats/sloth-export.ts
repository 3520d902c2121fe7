import { UNOWNED } from '../../server/model/slo.ts';
import { DAY } from '../../server/model/units.ts';
import { printIndicator } from '../files/print-indicator.ts';
import { writtenEntry } from '../files/print-slo.ts';
import { selectorText } from '../files/selector-text.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { writtenIndicator } from './event-ratio.ts';
import {
  type Exported,
  type ExportedPair,
  type ExportedSlo,
  exportEach,
  exportedPair,
  refuseGroups,
  unsaidKeys,
} from './exported.ts';
import { OWNER_LABEL } from './foreign-labels.ts';
import { idOfName } from './foreign-slo.ts';
import { idOf } from './sloth.ts';
import { SLOTH } from './sloth-schema.ts';
import { yamlText } from './yaml-text.ts';

/** Names of services and objectives there. */
const NAME = /^[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]$/;
const PERIOD = 30 * DAY;

/** Files of Sloth, `prometheus/v1`, one document for each definition. */
export function exportSloth(slos: readonly SloDefinition[]): Exported {
  return exportEach(slos, sloDocument, (documents) => yamlText(...documents));
}

function sloDocument(slo: SloDefinition): ExportedSlo {
  refuseGroups(slo);
  const pair = exportedPair(slo.indicator);
  if (slo.indicator.slices !== undefined) throw new Error('Sloth has no time slices');
  const service = NAME.test(slo.service) ? slo.service : named(idOfName(slo.service), 'service');
  const name = nameOf(slo.id, service);
  const labels = { ...slo.labels, ...(slo.owner !== UNOWNED && { [OWNER_LABEL]: slo.owner }) };
  const document = {
    ...SLOTH,
    service,
    slos: [
      {
        name,
        description: slo.title,
        objective: Number((slo.objective * 100).toFixed(10)),
        ...(Object.keys(labels).length > 0 && { labels }),
        sli: { events: eventsOf(pair) },
        alerting: alertingOf(slo),
      },
    ],
  };
  return { documents: [document], losses: lossesOf(slo, pair, service, name) };
}

/** The id is made of both again, where that is possible. */
function nameOf(id: string, service: string): string {
  const prefix = `${idOfName(service)}-`;
  const rest = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  return NAME.test(rest) && idOf(service, rest) === id ? rest : named(id, 'slo');
}

function named(text: string, suffix: string): string {
  return NAME.test(text) ? text : `${text}${text === '' ? '' : '-'}${suffix}`;
}

function eventsOf({ total, part, counts }: ExportedPair) {
  const [all, side] = [total, part].map((selector) => {
    const text = selectorText(selector);
    if (text.includes('{{')) throw new Error(`Sloth would read a template in ${text}`);
    return `sum(rate(${text}[{{.window}}]))`;
  });
  return { error_query: counts === 'bad' ? side : `${all} - ${side}`, total_query: all };
}

function alertingOf({ id, alerts }: SloDefinition) {
  const off = (tier: string): boolean => alerts?.every((pair) => pair.tier !== tier) === true;
  const disabled = { disable: true };
  return {
    ...(off('page') && off('ticket') ? {} : { name: id }),
    ...(off('page') && { page_alert: disabled }),
    ...(off('ticket') && { ticket_alert: disabled }),
  };
}

/** The keys that Sloth has words for, or whose losses are told one by one. */
const SAID = ['id', 'title', 'service', 'owner', 'labels', 'objective', 'window', 'availability', 'latency', 'alerts'];

function lossesOf(slo: SloDefinition, { total, part, counts }: ExportedPair, service: string, name: string) {
  const entry = writtenEntry(slo);
  const [here] = Object.keys(printIndicator(slo.indicator));
  const [there] = Object.keys(writtenIndicator(total, part, counts));
  const lost: readonly (readonly [boolean, string])[] = [
    [service !== slo.service, `service: it is ${service} there`],
    [idOf(service, name) !== slo.id, `id: read again it is ${idOf(service, name)}`],
    [slo.title !== slo.title.replaceAll(/\s+/g, ' '), 'title: its lines become one'],
    [OWNER_LABEL in slo.labels, `labels.${OWNER_LABEL}: the owner stands there`],
    [
      slo.window.kind !== 'rolling' || slo.window.length !== PERIOD,
      `window: ${JSON.stringify(entry.window)}; Sloth takes it from --default-slo-period`,
    ],
    [(slo.alerts?.length ?? 0) > 0, 'alerts: Sloth takes pairs of windows from a file of its own, for all objectives'],
    [slo.no_data !== undefined, 'alerts.no_data'],
    [here !== there, `${here}: read again it is ${there}, which counts the same`],
  ];
  return [...unsaidKeys(slo, SAID), ...lost.filter(([is]) => is).map(([, message]) => message)];
}
