import { DAY, HOUR, MINUTE, type Ms, ms } from '../../model/units.ts';
import type { Random } from './random.ts';
import { type DemoPlan, type Story, storyOf, within } from './story.ts';

/** Traffic by hour of the day (UTC), 0 to 24: people sleep, eat, and buy in the evening. */
const HOURS = [
  0.4, 0.25, 0.16, 0.13, 0.12, 0.16, 0.3, 0.6, 0.9, 1.1, 1.25, 1.3, 1.15, 1.2, 1.3, 1.3, 1.25, 1.3, 1.4, 1.6, 1.7, 1.5,
  1.1, 0.7, 0.4,
];
/** Sunday first. */
const WEEKDAYS = [1.15, 0.95, 0.95, 1, 1, 1.05, 1.2];
/** A shop that is doing well: the last days have more than twice the traffic of the first. */
const GROWTH = { from: 0.65, to: 1.5 };
const SALE = 4;
/** What the beta brings each minute at least to, so that pages move. */
const LEAST_LINES = 60;
const LEAST_BETA_LINES = 10;

/** How busy the shop is, around 1; pure, and 0 in the quiet night. */
export function busyness(story: Story, time: number): number {
  if (within(time, story.quiet)) return 0;
  const age = Math.min(1, Math.max(0, (time - story.start) / (story.end - story.start)));
  const growth = GROWTH.from + (GROWTH.to - GROWTH.from) * age;
  const weekday = WEEKDAYS[new Date(time).getUTCDay()] ?? 1;
  return hourly(time) * weekday * growth * (within(time, story.sale) ? SALE : 1);
}

function hourly(time: number): number {
  const hour = (time % DAY) / HOUR;
  const [before = 1, after = 1] = HOURS.slice(Math.floor(hour), Math.floor(hour) + 2);
  return before + (after - before) * (hour % 1);
}

/** How many requests each minute has: those of the past add up to the plan's lines, the beta's come on top. */
export class Rhythm {
  readonly story: Story;
  /** Requests before each minute of the past, had they their share of all. */
  readonly #before: Float64Array;
  readonly #perBusyness: number;

  constructor(plan: DemoPlan) {
    this.story = storyOf(plan);
    const minutes = plan.days * (DAY / MINUTE);
    const sums = new Float64Array(minutes + 1);
    for (let i = 0; i < minutes; i++)
      sums[i + 1] = (sums[i] ?? 0) + busyness(this.story, this.story.start + i * MINUTE);
    this.#perBusyness = plan.lines / (sums[minutes] ?? 1);
    this.#before = sums.map((sum) => sum * this.#perBusyness);
  }

  /** @param start of the minute */
  linesIn(start: Ms, random: Random): number {
    const { story } = this;
    const minute = (start - story.start) / MINUTE;
    return minute < this.#before.length - 1
      ? Math.round(this.#before[minute + 1] ?? 0) - Math.round(this.#before[minute] ?? 0)
      : Math.floor(busyness(story, start) * this.#perBusyness + random.next());
  }

  /** Requests to the beta, beside the `others` of that minute. */
  betaLinesIn(start: Ms, others: number): number {
    return start < this.story.beta ? 0 : Math.max(LEAST_LINES - others, LEAST_BETA_LINES);
  }
}

/** The starts of all minutes of (from, to]'s whole minutes, oldest first. */
export function* minutesBetween(from: Ms, to: Ms): Generator<Ms> {
  for (let start = from; start < to; start = ms(start + MINUTE)) yield start;
}
