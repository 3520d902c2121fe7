import { UNOWNED } from '../../server/model/slo.ts';
import { formatDuration } from '../../server/model/units.ts';
import { printIndicator } from '../files/print-indicator.ts';
import { selectorText } from '../files/selector-text.ts';
import { noDataTierOf } from '../missing-policy.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { writtenIndicator } from './event-ratio.ts';
import {
  type Exported,
  type ExportedPair,
  type ExportedSlo,
  exportEach,
  exportedPair,
  unsaidKeys,
} from './exported.ts';
import { OWNER_LABEL } from './foreign-labels.ts';
import { LABEL_PREFIX, PYRRA } from './pyrra.ts';
import { yamlText } from './yaml-text.ts';

/** Objectives of Pyrra, one document for each definition (https://github.com/pyrra-dev/pyrra, its resource ServiceLevelObjective). */
export function exportPyrra(slos: readonly SloDefinition[]): Exported {
  return exportEach(slos, sloDocument, (documents) => yamlText(...documents));
}

/** The keys that Pyrra has words for, or whose losses are told one by one. */
const SAID = [
  'id',
  'title',
  'service',
  'owner',
  'labels',
  'objective',
  'window',
  'availability',
  'latency',
  'group_by',
  'alerts',
];

function sloDocument(slo: SloDefinition): ExportedSlo {
  const pair = exportedPair(slo.indicator);
  if (slo.indicator.slices !== undefined) throw new Error('Pyrra has no time slices');
  if (slo.window.kind === 'calendar') throw new Error('Pyrra has no calendar; want a rolling window');
  const { labels, losses } = labelsOf(slo);
  const { spec, alerting } = { spec: indicatorOf(slo, pair), alerting: alertingOf(slo) };
  const document = {
    ...PYRRA,
    metadata: { name: slo.id, ...(Object.keys(labels).length > 0 && { labels }) },
    spec: {
      description: slo.title,
      target: String(Number((slo.objective * 100).toFixed(10))),
      window: formatDuration(slo.window.length),
      indicator: spec,
      ...(Object.keys(alerting).length > 0 && { alerting }),
    },
  };
  return { documents: [document], losses: [...unsaidKeys(slo, SAID), ...losses, ...lossesOf(slo, pair)] };
}

/** Values of labels in Kubernetes. */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** Names behind the prefix, likewise. */
const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const SERVICE_LABEL = 'service';

function labelsOf({ id, service, owner, labels }: SloDefinition) {
  const others = Object.entries(labels).filter(([name]) => name !== SERVICE_LABEL && name !== OWNER_LABEL);
  const all = [
    ...(service === id ? [] : [[SERVICE_LABEL, service] as const]),
    ...(owner === UNOWNED ? [] : [[OWNER_LABEL, owner] as const]),
    ...others,
  ];
  const fits = ([name, value]: readonly [string, string]): boolean => LABEL_NAME.test(name) && LABEL_VALUE.test(value);
  const lost = [
    ...all.filter((pair) => !fits(pair)).map(([name]) => `${name}: Kubernetes has no label of that name or value`),
    ...[SERVICE_LABEL, OWNER_LABEL]
      .filter((name) => name in labels)
      .map((name) => `labels.${name}: it says something else there`),
  ];
  const carried = all.filter(fits).map(([name, value]) => [`${LABEL_PREFIX}${name}`, value]);
  return { labels: Object.fromEntries(carried) as Readonly<Record<string, string>>, losses: lost };
}

/** Errors are a selector there, and a threshold is one spelling of its boundary. */
function indicatorOf({ indicator, group_by }: SloDefinition, { total, part, counts }: ExportedPair) {
  const grouping = group_by === undefined ? {} : { grouping: group_by.labels };
  const all = { metric: selectorText(total) };
  if (indicator.kind === 'latency') {
    const matchers = part.filter(({ name }) => name !== 'le');
    const boundary = { name: 'le', op: '=', value: String(indicator.threshold / 1000) } as const;
    return { latency: { success: { metric: selectorText([...matchers, boundary]) }, total: all, ...grouping } };
  }
  if (counts === 'good') throw new Error('Pyrra counts errors by a selector of their own; want "bad"');
  return { ratio: { errors: { metric: selectorText(part) }, total: all, ...grouping } };
}

function alertingOf(slo: SloDefinition) {
  return {
    ...(slo.alerts?.length === 0 && { burnrates: false }),
    ...(noDataTierOf(slo) === 'none' && { absent: false }),
  };
}

function lossesOf(slo: SloDefinition, { total, part, counts }: ExportedPair): readonly string[] {
  const { alerts, indicator, group_by, title } = slo;
  const [here] = Object.keys(printIndicator(indicator));
  const [there] = Object.keys(writtenIndicator(total, part, counts));
  const isWhole = indicator.kind === 'latency' && indicator.threshold % 1000 === 0;
  const lost: readonly (readonly [boolean, string])[] = [
    [alerts?.length !== 0, 'alerts: Pyrra has four pairs of windows of its own, with the factors 14, 7, 2 and 1'],
    [noDataTierOf(slo) === 'page', 'alerts.no_data: Pyrra gives that alert a severity of its own'],
    [title !== title.replaceAll(/\s+/g, ' '), 'title: its lines become one'],
    [group_by !== undefined, 'max_groups: Pyrra has as many as there are'],
    [isWhole, 'latency: Prometheus 3 writes a boundary of whole seconds as 1.0, which Pyrra does not find by "1"'],
    [here !== there, `${here}: read again it is ${there}, which counts the same`],
  ];
  return lost.filter(([is]) => is).map(([, message]) => message);
}
