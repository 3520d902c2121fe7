import { Gauge, Registry } from 'prom-client';
import type { Evaluation } from '../evaluation/slo-service.ts';
import { SLO_STATES, type SloGroups, type SloStatus } from '../model/slo.ts';
import { formatDuration, ms } from '../model/units.ts';

type Write = (slo: SloStatus, set: (labels: Readonly<Record<string, string>>, value: number) => void) => void;

/** `vigie_slo_*`: the figures of an evaluation, not a computation of their own. A figure that does not exist has no sample. */
const GAUGES: readonly (readonly [name: string, help: string, labels: readonly string[], write: Write])[] = [
  ['vigie_slo_objective_ratio', 'Share of good events aimed at.', [], (slo, set) => set({}, slo.objective)],
  ['vigie_slo_window_events', 'Events in the SLO window.', [], (slo, set) => set({}, slo.counts.total)],
  ['vigie_slo_window_bad_events', 'Bad events in the SLO window.', [], (slo, set) => set({}, slo.counts.bad)],
  [
    'vigie_slo_attained_ratio',
    'Share of good events in the SLO window.',
    [],
    (slo, set) => whenKnown(slo.attained, set),
  ],
  [
    'vigie_slo_error_budget_left_ratio',
    'Share of the error budget left; negative when overspent.',
    [],
    (slo, set) => whenKnown(slo.budget.left_ratio, set),
  ],
  [
    'vigie_slo_part_budget_spent_ratio',
    'Share of the error budget of a composite that one of its parts spent.',
    ['part'],
    (slo, set) => {
      for (const part of slo.parts ?? []) if (part.share > 0) set({ part: part.slo }, part.spent_ratio);
    },
  ],
  [
    'vigie_slo_burn_rate',
    'Bad share of a window divided by the bad share allowed.',
    ['window'],
    (slo, set) => {
      for (const burn of slo.burns) {
        if (burn.rate !== undefined) set({ window: formatDuration(ms(burn.window_secs * 1000)) }, burn.rate);
      }
    },
  ],
  [
    'vigie_slo_state',
    '1 for the state the SLO is in.',
    ['state'],
    (slo, set) => {
      for (const state of SLO_STATES) set({ state }, slo.state === state ? 1 : 0);
    },
  ],
  ['vigie_slo_as_of_seconds', 'The moment the figures are true for.', [], (slo, set) => set({}, slo.as_of / 1000)],
];

/** A registry holding exactly what `evaluation` says: an SLO that is gone leaves no sample behind. */
export function sloMetrics({ slos, groups = [] }: Pick<Evaluation, 'slos' | 'groups'>): Registry {
  const registry = new Registry();
  for (const [name, help, labels, write] of GAUGES) {
    const gauge = new Gauge({ name, help, labelNames: ['slo', 'service', ...labels], registers: [registry] });
    for (const slo of slos) {
      write(slo, (extra, value) => gauge.set({ slo: slo.id, service: slo.service, ...extra }, value));
    }
  }
  groupMetrics(groups, registry);
  return registry;
}

/** What definitions with groups made of the values they found. */
function groupMetrics(groups: readonly SloGroups[], registry: Registry): void {
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name, help, labelNames: ['slo', 'service'], registers: [registry] });
  const made = gauge('vigie_slo_groups', 'SLOs that a definition with groups makes.');
  const left = gauge('vigie_slo_groups_left_out', 'Groups of a definition above its bound, which nobody judges.');
  for (const { slo, service, groups: count, left_out } of groups) {
    made.set({ slo, service }, count);
    left.set({ slo, service }, left_out);
  }
}

function whenKnown(value: number | undefined, set: (labels: Record<string, string>, value: number) => void): void {
  if (value !== undefined) set({}, value);
}
