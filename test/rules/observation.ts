import { selectorsOf, windowsOf } from '../../rules/figures/requirements.ts';
import { feedingOrigins, figureTimes } from '../../rules/figures/sources.ts';
import { type Observation, sloStatus } from '../../rules/figures/status.ts';
import { proposedSlo } from '../../rules/proposal.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { OriginStatus, WindowCount } from '../../server/model/engine.ts';
import { DAY, MINUTE, type Ms, ms } from '../../server/model/units.ts';

export const NOW: Ms = ms(1_700_000_000_000);

/** One event: when (ms), and whether it was bad. */
export interface Event {
  readonly time: number;
  readonly bad: boolean;
}

export const origin = (changes: Partial<OriginStatus> = {}): OriginStatus => ({
  origin: 'web-1/access',
  collector: 'web-1',
  source: 'access',
  service: 'shop',
  completeTo: NOW,
  newestEvent: NOW,
  state: 'ok',
  drops: {},
  ...changes,
});

export const slo = (changes: Partial<SloDefinition> = {}): SloDefinition => ({ ...proposedSlo('shop'), ...changes });

/** An observation whose counts are the events recounted one by one over every window asked for. */
export function observe(
  definition: SloDefinition,
  events: readonly Event[],
  changes: Partial<Observation> = {},
): Observation {
  const seen = events.map(({ time }) => time);
  const known = { oldest: ms(Math.min(...seen)), newest: ms(Math.max(...seen)) };
  const facts = { series: 2, origins: ['web-1/access'], ...(events.length > 0 && known) };
  const base = { definition, facts, origins: [origin()], now: NOW, counts: [], ...changes };
  const times = figureTimes(feedingOrigins(definition, base.facts, base.origins), base.now, definition);
  const windows = windowsOf(definition, times);
  const count = (only: (event: Event) => boolean): WindowCount[] =>
    windows.map((window) => {
      const n = events.filter((event) => only(event) && event.time > window.start && event.time <= window.end).length;
      return { window, sum: n, n };
    });
  const side = definition.indicator.kind === 'availability' ? definition.indicator.counts : 'good';
  const counts =
    selectorsOf(definition, base.boundary) === undefined
      ? []
      : [count(() => true), count(({ bad }) => bad === (side === 'bad'))];
  return { ...base, counts: changes.counts ?? counts };
}

export const statusOf = (...args: Parameters<typeof observe>) => sloStatus(observe(...args));

/** `good` and `bad` events at one moment, and one good event ten days ago, so that the history is long enough. */
export function events(good: number, bad: number, age: number = 10 * MINUTE): readonly Event[] {
  const time = NOW - age;
  return [
    { time: NOW - 10 * DAY, bad: false },
    ...Array.from({ length: good - 1 }, () => ({ time, bad: false })),
    ...Array.from({ length: bad }, () => ({ time, bad: true })),
  ];
}
