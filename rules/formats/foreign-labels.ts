import { isLabelName } from '../../server/model/labels.ts';
import type { Path } from '../files/yaml-file.ts';
import type { Remarks } from './foreign-slo.ts';

/** Who answers for an objective, and its other labels. */
export interface CarriedLabels {
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The label that stands for our `owner`. */
export const OWNER_LABEL = 'owner';

/** Carries labels over, those whose names ours allows; a list counts when it has one value. */
export function carriedLabels(
  written: Readonly<Record<string, string | readonly string[]>> | undefined,
  at: Path,
  remarks: Remarks,
): CarriedLabels {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(written ?? {})) {
    const [single, ...more] = typeof value === 'string' ? [value] : value;
    if (!isLabelName(name))
      remarks.lose([...at, name], `the label ${JSON.stringify(name)}, no label name of Prometheus`);
    else if (single === undefined || more.length > 0)
      remarks.lose([...at, name], `the label ${name}: got ${more.length + 1} values; a label of ours has one`);
    else kept.push([name, single]);
  }
  const owner = kept.find(([name, value]) => name === OWNER_LABEL && value.trim() !== '')?.[1];
  const labels = kept.filter(([name]) => owner === undefined || name !== OWNER_LABEL);
  return {
    ...(owner !== undefined && { owner }),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
  };
}
