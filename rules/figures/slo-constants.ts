import type { BurnAlert, SloStatus } from '../../server/model/slo.ts';
import type { Ms } from '../../server/model/units.ts';
import { leftOutAlerts, pairsOf } from '../alerts/alert-condition.ts';
import { countedUnit } from '../indicator.ts';
import { madeTitle } from '../made-title.ts';
import { badSilence, noDataTierOf } from '../missing-policy.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { burnLengths } from './requirements.ts';

type Described =
  | 'id'
  | 'title'
  | 'made_title'
  | 'service'
  | 'owner'
  | 'labels'
  | 'group'
  | 'proposed'
  | 'kind'
  | 'threshold_secs'
  | 'unit'
  | 'slices'
  | 'objective';

/** What of every status of an SLO follows from its definition alone. */
export interface SloConstants {
  readonly description: Pick<SloStatus, Described>;
  readonly lengths: readonly Ms[];
  readonly pairs: readonly Omit<BurnAlert, 'firing'>[];
  readonly silence: Pick<SloStatus, 'no_data_tier' | 'bad_silence' | 'alerts_left_out'>;
}

const known = new WeakMap<SloDefinition, SloConstants>();

/** Worked out once: statuses are made every ten seconds. */
export function constantsOf(definition: SloDefinition): SloConstants {
  const constants = known.get(definition) ?? makeConstants(definition);
  known.set(definition, constants);
  return constants;
}

function makeConstants(definition: SloDefinition): SloConstants {
  const no_data = noDataTierOf(definition);
  const bad_silence = badSilence(definition);
  const left_out = leftOutAlerts(definition);
  return {
    description: descriptionOf(definition),
    lengths: burnLengths(definition),
    pairs: pairsOf(definition),
    silence: {
      ...(no_data !== 'none' && { no_data_tier: no_data }),
      ...(bad_silence.length > 0 && { bad_silence }),
      ...(left_out.length > 0 && { alerts_left_out: left_out }),
    },
  };
}

function descriptionOf(definition: SloDefinition): SloConstants['description'] {
  const { id, title, service, owner, labels, proposed, indicator, objective, group } = definition;
  const grouped = group && { group: { of: group.of, labels: group.labels } };
  const kind = indicator.kind;
  const made_title = madeTitle(definition);
  const threshold = indicator.kind === 'latency' ? { threshold_secs: indicator.threshold / 1000 } : {};
  const { slices } = indicator;
  const timed = slices && {
    every_secs: slices.every / 1000,
    ...(slices.good_at !== undefined && { good_at: slices.good_at }),
  };
  const counted = { unit: countedUnit(indicator), ...(timed && { slices: timed }) };
  const named = { id, title, ...(made_title && { made_title }), service, owner, labels };
  return { ...named, ...grouped, proposed, kind, ...threshold, ...counted, objective };
}
