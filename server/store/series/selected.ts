import type { LabelMatcher, SeriesId } from '../../model/labels.ts';
import { labelOf } from './series-index.ts';

/** Whether all matchers accept a series; `__name__` is matched like a label. */
export function isSelected(
  { name, labels }: Pick<SeriesId, 'name' | 'labels'>,
  matchers: readonly LabelMatcher[],
): boolean {
  const word = (label: string): string => (label === '__name__' ? name : labelOf(labels, label));
  return matchers.every((matcher) => matcher.matches(word(matcher.name)));
}
