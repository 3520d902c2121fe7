import type { Selector } from '../../server/model/engine.ts';
import { metricNameOf, renamed } from '../indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import type { FileRemark, Path, Place } from './yaml-file.ts';

/** A selector of a definition, and where it is written. */
export interface WrittenSelector {
  readonly selector: Selector;
  readonly at: FileRemark;
}

/** The selectors that a definition counts by; those of a composite are of its parts. */
export function writtenSelectors({ indicator }: SloDefinition, at: Path, place: Place): readonly WrittenSelector[] {
  const written = (selector: Selector, ...path: readonly string[]): WrittenSelector => {
    return { selector, at: place([...at, ...path], '') };
  };
  switch (indicator.kind) {
    case 'availability':
      return [
        written(indicator.total.selector, 'availability', 'total'),
        written(indicator.part.selector, 'availability', indicator.counts),
      ];
    case 'latency': {
      const { selector } = indicator.histogram;
      const counted = renamed(selector, `${metricNameOf(selector)}_count`);
      return [written(counted, indicator.isPercentile ? 'percentile' : 'latency', 'histogram')];
    }
    case 'query': {
      const key = indicator.good === 'error_ratio' ? 'error_ratio' : 'expr';
      return indicator.query.selectors.map((selector) => written(selector, 'query', key));
    }
    case 'up':
      return [written(indicator.metric.selector, 'up', 'metric')];
    case 'composite':
      return [];
  }
}
