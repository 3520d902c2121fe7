import { VigieError } from '../../server/model/errors.ts';
import { type LabelledValue, labelsKey, overlaid } from './labelled-value.ts';
import type { RecordingRule } from './rule-file.ts';

/**
 * What a recording rule writes: the results under its name, with its labels.
 * Throws VigieError `execution` when two results get the same labels, or there are more than `limit` (0: any number).
 */
export function recordedValues(
  { name, labels }: RecordingRule,
  limit: number,
  results: readonly LabelledValue[],
): readonly LabelledValue[] {
  const recorded = results.map((one) => ({
    labels: overlaid(one.labels, { ...labels, __name__: name }),
    value: one.value,
  }));
  if (new Set(recorded.map((one) => labelsKey(one.labels))).size < recorded.length) {
    throw new VigieError('execution', 'vector contains metrics with the same labelset after applying rule labels');
  }
  if (limit > 0 && recorded.length > limit) {
    throw new VigieError('execution', `exceeded limit of ${limit} with ${recorded.length} series`);
  }
  return recorded;
}
