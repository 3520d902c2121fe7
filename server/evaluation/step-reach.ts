import type { Engine, Selector, Window } from '../model/engine.ts';
import { alignDown, slotEnd } from '../model/rings.ts';
import { DAY, HOUR, type Ms, ms } from '../model/units.ts';

/**
 * Since when within a range the store tells steps of one length apart for these series; its start when it always does, at most an hour
 * (for steps of an hour and more: a day) too late. Asked of the store itself, by the borders that it counts from, for rings may have
 * been changed meanwhile:
 *
 *     1 h ring    |===========|===========|===========|
 *     5 min ring                      ....|=|=|=|=|=|=|
 *     asked         ^ moved     ^ moved     ^ as asked
 */
export async function toldApartFrom(
  engine: Pick<Engine, 'count'>,
  selectors: readonly Selector[],
  step: Ms,
  { start, end }: Window,
): Promise<Ms> {
  const grid = step < HOUR ? HOUR : ms(Math.max(DAY, step));
  const areApart = async (place: number): Promise<boolean> => {
    // No border of a ring that is wider than a step.
    const asked = ms(place * grid + step);
    const window = { start: asked, end: ms(asked + step) };
    const [answers = []] = await engine.count([selectors.map((selector) => ({ selector, windows: [window] }))]);
    return answers.every(([counted]) => counted?.window.start === asked);
  };
  const first = alignDown(start, grid) / grid;
  const last = slotEnd(end, grid) / grid;
  return (await areApart(first)) ? start : ms((await firstWhere(areApart, first + 1, last)) * grid);
}

/** By halves: where it holds once it holds from there on. `high` when it holds nowhere before. */
async function firstWhere(holds: (place: number) => Promise<boolean>, low: number, high: number): Promise<number> {
  if (low >= high) return high;
  const middle = Math.floor((low + high) / 2);
  return (await holds(middle)) ? firstWhere(holds, low, middle) : firstWhere(holds, middle + 1, high);
}
