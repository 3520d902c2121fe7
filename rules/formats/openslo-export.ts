import { shortHash } from '../../server/model/short-hash.ts';
import { UNOWNED } from '../../server/model/slo.ts';
import { printIndicator } from '../files/print-indicator.ts';
import { writtenEntry } from '../files/print-slo.ts';
import { selectorText } from '../files/selector-text.ts';
import type { Indicator } from '../indicator.ts';
import { type Comparison, sliceExpression } from '../query-indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { writtenIndicator } from './event-ratio.ts';
import { type Exported, type ExportedSlo, exportEach, exportedPair } from './exported.ts';
import { OWNER_LABEL } from './foreign-labels.ts';
import { idOfName } from './foreign-slo.ts';
import { alertPolicies } from './openslo-alerts.ts';
import { ANNOTATION_PREFIX, OPENSLO_VERSION } from './openslo-schema.ts';
import { printOpenDuration, printOpenWindow } from './openslo-window.ts';
import { yamlText } from './yaml-text.ts';

/** Names and titles there: RFC 1123 labels, and as long. */
const MAX_NAME = 63;

/** Objects of OpenSLO v1, one document for each definition. What it has no place for goes into annotations, which `readOpenSlo` reads. */
export function exportOpenSlo(slos: readonly SloDefinition[]): Exported {
  return exportEach(slos, sloObject, (documents) => yamlText(...documents));
}

/** The keys that OpenSLO says in words of its own. */
const NATIVE = [
  'id',
  'title',
  'service',
  'owner',
  'labels',
  'objective',
  'window',
  'availability',
  'latency',
  'slices',
];

/** Said in its words as well, and in an annotation, so that they come back as they were. */
const SAID_TWICE = ['query', 'up', 'percentile'];

function sloObject(slo: SloDefinition): ExportedSlo {
  const entry: Readonly<Record<string, unknown>> = writtenEntry(slo);
  const said = { ...labelsOf(slo), ...namesOf(slo) };
  const extra = Object.entries(entry).filter(([key]) => !NATIVE.includes(key));
  const annotations = { ...said.annotations, ...said.nameAnnotations, ...Object.fromEntries(extra) };
  const alerting = alertPolicies(slo);
  const document = {
    apiVersion: OPENSLO_VERSION,
    kind: 'SLO',
    metadata: {
      name: said.name,
      displayName: said.displayName,
      ...(Object.keys(said.labels).length > 0 && { labels: said.labels }),
      ...(Object.keys(annotations).length > 0 && { annotations: printed(annotations) }),
    },
    spec: {
      service: said.service,
      indicator: { metadata: { name: said.name }, spec: measured(slo.indicator) },
      timeWindow: [printOpenWindow(slo.window)],
      ...budgeting(slo),
      alertPolicies: alerting.policies,
    },
  };
  const annotated = Object.keys(annotations)
    .filter((key) => !SAID_TWICE.includes(key))
    .map((key) => `${key}: in an annotation, which only Vigie reads`);
  return { documents: [document], losses: [...annotated, ...alerting.losses, ...changedIndicator(slo.indicator)] };
}

function printed(annotations: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const pairs = Object.entries(annotations).map(([key, value]) => [
    `${ANNOTATION_PREFIX}${key}`,
    JSON.stringify(value),
  ]);
  return Object.fromEntries(pairs);
}

function namesOf({ id, title, service }: SloDefinition) {
  const name = id.length <= MAX_NAME ? id : `${id.slice(0, MAX_NAME - 9).replace(/-$/, '')}-${shortHash(id)}`;
  const line = title.replaceAll(/\s+/g, ' ').slice(0, MAX_NAME).trim();
  const slug = idOfName(service).slice(0, MAX_NAME).replace(/-$/, '') || 'service';
  const changed = { id: name !== id, title: line !== title, service: slug !== service };
  const kept = Object.entries({ id, title, service }).filter(([key]) => changed[key as keyof typeof changed]);
  return { name, displayName: line, service: slug, nameAnnotations: Object.fromEntries(kept) };
}

/** The owner is a label there; a label of that name, or one too long, makes all of them an annotation as well. */
function labelsOf({ labels, owner }: SloDefinition) {
  const short = Object.entries(labels).filter(([key]) => key.length <= MAX_NAME && key !== OWNER_LABEL);
  const shown = { ...(owner !== UNOWNED && { [OWNER_LABEL]: owner }), ...Object.fromEntries(short) };
  const differs = short.length < Object.keys(labels).length;
  return { labels: shown, annotations: differs ? { labels, owner } : {} };
}

function source(query: string) {
  return { metricSource: { type: 'Prometheus', spec: { query } } };
}

/** Values against a threshold, or two counts. Throws for composites. */
function measured(indicator: Indicator) {
  const threshold = thresholdOf(indicator);
  if (threshold !== undefined) return { thresholdMetric: source(threshold.expr) };
  if (indicator.kind !== 'query') return { ratioMetric: ratioMetric(indicator) };
  return { ratioMetric: { raw: source(indicator.query.text), rawType: 'failure' } };
}

const OPS: Readonly<Partial<Record<Comparison['op'], string>>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/** What is asked once for each slice, and when it is good; undefined for what is a ratio of bad events. */
function thresholdOf(indicator: Indicator) {
  if (indicator.kind === 'up') {
    return { expr: sliceExpression(indicator), op: 'gte', value: indicator.slices.good_at ?? 1 };
  }
  if (indicator.kind !== 'query' || indicator.good === 'error_ratio') return undefined;
  const { op, value } = indicator.good;
  const { text } = indicator.query;
  const said = OPS[op];
  // A comment at its end must not take the rest with it.
  if (said === undefined) return { expr: `(${text}\n) ${op} bool ${value}`, op: 'gte', value: 1 };
  return { expr: text, op: said, value };
}

function ratioMetric(indicator: Indicator) {
  const { total, part, counts } = exportedPair(indicator);
  return {
    counter: true,
    [counts]: source(`sum(${selectorText(part)})`),
    total: source(`sum(${selectorText(total)})`),
  };
}

function budgeting({ objective, indicator }: SloDefinition) {
  const { slices } = indicator;
  if (slices === undefined) return { budgetingMethod: 'Occurrences', objectives: [{ target: objective }] };
  const timeSliceWindow = printOpenDuration(slices.every);
  const threshold = thresholdOf(indicator);
  if (threshold !== undefined) {
    const { op, value } = threshold;
    const objectives = [{ target: objective, op, value, timeSliceTarget: 1, timeSliceWindow }];
    return { budgetingMethod: 'Timeslices', objectives };
  }
  return slices.good_at === undefined
    ? { budgetingMethod: 'RatioTimeslices', objectives: [{ target: objective, timeSliceWindow }] }
    : {
        budgetingMethod: 'Timeslices',
        objectives: [{ target: objective, timeSliceTarget: slices.good_at, timeSliceWindow }],
      };
}

/** What counts the same but is said otherwise when it is read again: a bucket over its count is a latency. */
function changedIndicator(indicator: Indicator): readonly string[] {
  if (indicator.kind === 'query' || indicator.kind === 'up') return [];
  const { total, part, counts } = exportedPair(indicator);
  const [here] = Object.keys(printIndicator(indicator));
  const [there] = Object.keys(writtenIndicator(total, part, counts));
  return here === there || here === 'percentile' ? [] : [`${here}: read again it is ${there}, which counts the same`];
}
