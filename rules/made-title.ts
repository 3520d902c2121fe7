import type { MadeTitle } from '../server/model/slo.ts';
import { formatDuration } from '../server/model/units.ts';
import { groupName } from './grouping.ts';
import { defaultTitle } from './indicator.ts';
import type { SloDefinition } from './slo-definition.ts';

/** The title of a definition that has none of its own. */
export function titleOf({ indicator, service }: SloDefinition): string {
  return defaultTitle(indicator, service, indicator.kind === 'latency' ? formatDuration(indicator.threshold) : '');
}

/** What its title is made of; undefined for one that somebody wrote, and for percentiles, whose title says a share too. */
export function madeTitle(definition: SloDefinition): MadeTitle | undefined {
  const { indicator, service, title, group } = definition;
  if (group !== undefined) {
    const whole = madeTitle(group.written);
    return whole && { ...whole, group: groupName(group.labels) };
  }
  const isPercentile = indicator.kind === 'latency' && indicator.isPercentile === true;
  if (isPercentile || title !== titleOf(definition)) return undefined;
  const threshold = indicator.kind === 'latency' ? { threshold_secs: indicator.threshold / 1000 } : {};
  return { kind: indicator.kind, service, ...threshold };
}
