import type { Ms } from '../../server/model/units.ts';
import { metricNameOf } from '../indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import type { FileRemark, Path, Place } from './yaml-file.ts';

/** A threshold that must be one of a histogram's boundaries, and where it is written. */
export interface WrittenThreshold {
  /** Without `_bucket`. */
  readonly histogram: string;
  readonly threshold: Ms;
  readonly at: FileRemark;
}

export function writtenThreshold({ indicator }: SloDefinition, at: Path, place: Place): WrittenThreshold | undefined {
  if (indicator.kind !== 'latency') return undefined;
  const { histogram, threshold, isPercentile } = indicator;
  const key = isPercentile ? 'percentile' : 'latency';
  return { histogram: metricNameOf(histogram.selector), threshold, at: place([...at, key, 'threshold'], '') };
}
