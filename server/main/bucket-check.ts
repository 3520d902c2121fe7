import { findBoundary } from '../../rules/figures/boundary.ts';
import type { WrittenThreshold } from '../../rules/files/written-threshold.ts';
import type { FileRemark } from '../../rules/files/yaml-file.ts';
import type { LoadedConfig } from './config.ts';

/**
 * Thresholds between the buckets of every histogram of that name which the configuration makes. Who else sends it may have others, so
 * this only warns; an evaluation sees the buckets there are, and refuses.
 */
export function misplacedThresholds(
  { transforms }: Pick<LoadedConfig, 'transforms'>,
  thresholds: readonly WrittenThreshold[],
): readonly FileRemark[] {
  const histograms = Object.values(transforms)
    .flatMap((transform) => (transform.type === 'log_to_metric' ? transform.metrics : []))
    .flatMap((metric) => (metric.type === 'histogram' ? [metric] : []));
  return thresholds.flatMap(({ histogram, threshold, at }) => {
    const bounds = histograms.filter(({ name }) => name === histogram).flatMap(({ buckets }) => buckets.map(String));
    const boundary = findBoundary(threshold, [...new Set(bounds)]);
    return boundary.kind === 'no_boundary' ? [{ ...at, message: boundary.message }] : [];
  });
}
