import { type Labels, seriesKey, sortLabels } from '../../server/model/labels.ts';

/** An element of a vector; `__name__` is one of its labels, when it has a name. */
export interface LabelledValue {
  readonly labels: Labels;
  readonly value: number;
}

/** The labels of a result with those of its rule laid over them; an empty value takes a label away. */
export function overlaid(labels: Labels, over: Labels): Labels {
  return sortLabels({ ...labels, ...over });
}

/** One text per label set. */
export function labelsKey(labels: Labels): string {
  return seriesKey('', labels);
}
