import { stringify } from 'yaml';
import { UNOWNED } from '../../server/model/slo.ts';
import { titleOf } from '../made-title.ts';
import { defaultMinimumEvents, type SloDefinition } from '../slo-definition.ts';
import { printAlerts } from './alert-file.ts';
import { printGrouping } from './grouping-schema.ts';
import { formatObjective } from './percentage.ts';
import { printIndicator } from './print-indicator.ts';
import { printWindow } from './window-schema.ts';

/** A definition as the YAML file `readSloFiles` understands; what equals its default is left out. */
export function printSlo(definition: SloDefinition): string {
  return printSlos([definition]);
}

export function printSlos(definitions: readonly SloDefinition[]): string {
  return stringify({ slos: definitions.map(writtenEntry) }, { lineWidth: 0 });
}

/** A definition as it stands below `slos:`. */
export function writtenEntry(definition: SloDefinition) {
  const { id, title, service, owner, labels, objective, window, minimum_events, indicator } = definition;
  const alerts = printAlerts(definition);
  return {
    id,
    ...(title !== titleOf(definition) && { title }),
    service,
    ...(owner !== UNOWNED && { owner }),
    ...(Object.keys(labels).length > 0 && { labels }),
    objective: formatObjective(objective),
    window: printWindow(window),
    ...(minimum_events !== defaultMinimumEvents(objective) && { minimum_events }),
    ...printIndicator(indicator),
    ...printGrouping(definition),
    ...(alerts !== undefined && { alerts }),
    ...(definition.missing !== undefined && { missing: definition.missing }),
  };
}
