import type { Clock } from '../model/clock.ts';
import type { Engine, Selector } from '../model/engine.ts';
import type { Store } from '../store/store.ts';
import { inSlices } from './slices.ts';

/** Groups of selectors that are asked about again and again. */
export function watchQuestions(
  store: Store,
  select: (selector: Selector) => readonly number[],
  clock: Clock,
): Pick<Engine, 'watch' | 'watchedFacts' | 'watchedCounts'> {
  const watched = store.view.watched(select, () => store.disturbances);
  return {
    watch: async (groups) => watched.watch(groups),
    watchedFacts: async (watch) => watched.facts(watch),
    watchedCounts: (windows) => inSlices(watched.count(windows), clock),
  };
}
