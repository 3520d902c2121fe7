import { describe, expect, test } from 'vitest';
import { inactiveAlert, nextAlert } from '../../rules/alerts/alert-state.ts';
import { withCurrentFigures } from '../../rules/alerts/current-figures.ts';
import { rolling } from '../../rules/slo-window.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, ms } from '../../server/model/units.ts';
import { type Event, NOW, origin, slo, statusOf } from './observation.ts';

/** A request every ten seconds; all fail from `since` on. */
const requests = (since: number, length: number): readonly Event[] => [
  ...Array.from({ length: 20_000 }, () => ({ time: NOW - 10 * DAY, bad: false })),
  ...Array.from({ length: length / 10_000 }, (_, i) => ({ time: NOW + i * 10_000, bad: NOW + i * 10_000 > since })),
];

const definition = slo({ window: rolling(ms(30 * DAY)), objective: 0.999 });
const statusAt = (age: number, seen: readonly Event[]): SloStatus => {
  const now = ms(NOW + age);
  return statusOf(definition, seen, { now, origins: [origin({ completeTo: now, newestEvent: now })] });
};

describe('an alert that fires', () => {
  const seen = requests(NOW + 2 * HOUR, 4 * HOUR);
  const fired = nextAlert(inactiveAlert(definition.id), statusAt(2 * HOUR + 2 * MINUTE, seen), NOW);
  const later = statusAt(2 * HOUR + 40 * MINUTE, seen);
  const burnOver = (status: SloStatus, secs: number) => status.burns.find(({ window_secs }) => window_secs === secs);

  test('keeps the figures it fired with, and is shown with those of its SLO', () => {
    const saved = nextAlert(fired.standing, later, NOW).alert!;
    expect(saved.figures).toEqual(fired.alert?.figures);
    const { figures, sentences, ...rest } = withCurrentFigures(saved, later);
    const { budget, exhaustion, as_of } = later;
    expect(figures).toMatchObject({ as_of, budget, exhaustion });
    expect(figures.long).toEqual(burnOver(later, figures.pair.long_secs));
    expect(figures.short).toEqual(burnOver(later, figures.pair.short_secs));
    expect(figures.long.rate).toBeGreaterThan(saved.figures.long.rate!);
    expect(sentences.find(({ code }) => code === 'burning')?.args.rate).toBe(figures.long.rate);
    expect(saved).toMatchObject(rest);
  });

  test('tells of the burn what is known of it where nothing newer is, and of the budget what is left', () => {
    const calm = { ...later, alerts: later.alerts.map((pair) => ({ ...pair, factor: 1e9, firing: false })) };
    const { figures } = withCurrentFigures(fired.alert!, calm);
    expect(figures.long).toEqual(fired.alert?.figures.long);
    expect(figures).toMatchObject({ as_of: later.as_of, budget: later.budget, exhaustion: later.exhaustion });
  });

  test('tells the burn of those that are heard while others are silent', () => {
    const heard = { as_of: later.as_of, burns: later.burns, alerts: later.alerts };
    const { figures } = withCurrentFigures(fired.alert!, { ...statusAt(2 * HOUR + 2 * MINUTE, seen), heard });
    expect(figures.long).toEqual(burnOver(later, figures.pair.long_secs));
  });

  test('that nobody hears of tells the last hour that was known', () => {
    const { figures } = withCurrentFigures({ ...fired.alert!, cause: 'no_data' }, later);
    expect(figures.long).toEqual(burnOver(later, HOUR / 1000));
    expect(figures).toMatchObject({ as_of: later.as_of, budget: later.budget });
  });
});
