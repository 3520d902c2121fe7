import { ALERT_TIERS } from '../../server/model/alerts.ts';
import type { Labels } from '../../server/model/labels.ts';
import { UNOWNED } from '../../server/model/slo.ts';
import { formatDuration, type Ms } from '../../server/model/units.ts';
import { minBadOf } from '../alerts/alert-condition.ts';
import { type AlertPair, alertPairs, burnFactor } from '../alerts/windows.ts';
import { formatObjective } from '../files/percentage.ts';
import { selectorText } from '../files/selector-text.ts';
import { noDataTierOf } from '../missing-policy.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { nominalLength, type SloWindow } from '../slo-window.ts';
import { errorRatio, number, pairBurns, SERIES } from './burn-expression.ts';
import {
  type Exported,
  type ExportedPair,
  type ExportedSlo,
  exportEach,
  exportedPair,
  refuseGroups,
  unsaidKeys,
} from './exported.ts';
import { yamlText } from './yaml-text.ts';

/** How long series are missing before somebody is told. */
const NO_DATA_FOR = '10m';

/**
 * Rules for a Prometheus that scrapes the same counters: error ratios over every window of the alerts, the budget, and the alerts with
 * the factors of ours. Prometheus extrapolates what it counts and knows no watermarks, so its figures come near those of Vigie.
 */
export function exportPrometheusRules(slos: readonly SloDefinition[]): Exported {
  return exportEach(slos, sloGroup, (groups) => yamlText({ groups }));
}

/** Labels that say which SLO a series or alert is of: no label of the SLO takes their place. */
const OWN_LABELS = ['slo', 'service', 'owner', 'severity', 'alertname', 'le', '__name__'];

function sloGroup(slo: SloDefinition): ExportedSlo {
  refuseGroups(slo);
  const pair = exportedPair(slo.indicator);
  if (slo.indicator.slices !== undefined) throw new Error('time slices are not said in rules of Prometheus');
  const pairs = alertPairs(nominalLength(slo.window), errorBudgetShare(slo.objective), slo.alerts);
  const windows = [...new Set(pairs.flatMap(({ long, short }) => [short, long]))].sort((a, b) => a - b);
  const labels = labelsOf(slo);
  const rules = [...recordings(slo, pair, windows), ...alerts(slo, pair, pairs)];
  const group = { name: `slo-${slo.id}`, rules: rules.map((rule) => withLabels(rule, labels)) };
  const taken = Object.keys(slo.labels).filter((name) => OWN_LABELS.includes(name));
  return {
    documents: [group],
    losses: [
      ...taken.map((name) => `labels.${name}: that label says something else in the rules`),
      ...(slo.window.kind === 'calendar'
        ? ['window: no budget left of a calendar period; the alerts have the factors of its nominal length']
        : []),
      ...unsaidKeys(slo, SAID),
      'what silent sources would say: Prometheus knows no watermarks',
    ],
  };
}

const SAID = ['id', 'title', 'service', 'owner', 'labels', 'objective', 'window', 'availability', 'latency', 'alerts'];

function labelsOf({ id, service, owner, labels }: SloDefinition): Labels {
  const more = Object.entries(labels).filter(([name]) => !OWN_LABELS.includes(name));
  return { slo: id, service, ...(owner !== UNOWNED && { owner }), ...Object.fromEntries(more) };
}

interface ExportedRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

/** Labels and annotations of alerts are templates: braces in them are made plain. */
function withLabels({ labels: own, annotations, ...rule }: ExportedRule, common: Labels): ExportedRule {
  const labels = { ...common, ...own };
  if (rule.alert === undefined) return { ...rule, labels };
  const plain = Object.entries(labels).map(([name, value]) => [name, withoutTemplates(value)]);
  return { ...rule, labels: Object.fromEntries(plain), ...(annotations !== undefined && { annotations }) };
}

function withoutTemplates(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}

function recordings({ objective, window }: SloDefinition, pair: ExportedPair, windows: readonly Ms[]): ExportedRule[] {
  const budget = number(errorBudgetShare(objective));
  return [
    { record: SERIES.objective, expr: `vector(${number(objective)})` },
    { record: SERIES.budget, expr: `vector(${budget})` },
    ...windows.map((length) => ({ record: SERIES.errorRatio(length), expr: errorRatio(pair, length) })),
    ...(window.kind === 'calendar'
      ? []
      : [{ record: SERIES.budgetLeft, expr: `1 - (${errorRatio(pair, window.length)}) / ${budget}` }]),
  ];
}

function windowText(window: SloWindow): string {
  if (window.kind === 'rolling') return formatDuration(window.length);
  return `${window.every === 1 ? 'a' : window.every} ${window.unit}${window.every === 1 ? '' : 's'}`;
}

function alerts(slo: SloDefinition, pair: ExportedPair, pairs: readonly AlertPair[]): ExportedRule[] {
  const no_data = noDataTierOf(slo);
  const burns = ALERT_TIERS.map((tier) => pairs.filter((one) => one.tier === tier)).filter(({ length }) => length > 0);
  const silent: ExportedRule = {
    alert: 'SloNoData',
    expr: `absent(${selectorText(pair.total)})`,
    for: NO_DATA_FOR,
    labels: { severity: no_data },
    annotations: { summary: `${withoutTemplates(slo.title)}: no series, so nobody knows` },
  };
  return [...burns.map((tier) => burnAlert(slo, pair, tier)), ...(no_data === 'none' ? [] : [silent])];
}

function burnAlert(slo: SloDefinition, pair: ExportedPair, pairs: readonly AlertPair[]): ExportedRule {
  const share = errorBudgetShare(slo.objective);
  const expressions = pairs.map((one) =>
    pairBurns(
      { ...one, min_bad: minBadOf(one), limit: burnFactor(one, nominalLength(slo.window)) * share },
      slo.id,
      pair,
    ),
  );
  const windows = pairs.map(({ long, short, budget_share }) => {
    return `${formatObjective(budget_share)} in ${formatDuration(long)} (still so for ${formatDuration(short)})`;
  });
  return {
    alert: 'SloBudgetBurn',
    expr: expressions.join('\nor\n'),
    labels: { severity: pairs[0]?.tier ?? 'page' },
    annotations: {
      summary: `${withoutTemplates(slo.title)}: the error budget burns too fast`,
      description: `{{ $value | humanizePercentage }} of the events are bad; ${formatObjective(share)} may be, over ${windowText(slo.window)}. It spends ${windows.join(', or ')} of the budget.`,
    },
  };
}
