import type { Window } from './engine.ts';
import type { Ms } from './units.ts';

/** When things happened in the shop of `vigie demo`: what its guided tour points at. Moments in ms since the epoch. */
export interface DemoStory {
  /** Before it there is nothing. */
  readonly start: Ms;
  /** `api` answers slower from day to day, until it is mended. */
  readonly leak: Window;
  /** Many customers; in it the bad deploy. */
  readonly sale: Window;
  /** One in twelve requests to `checkout` fails, until it is rolled back. */
  readonly deploy: Window;
  /** A night without a request. */
  readonly quiet: Window;
  /** One in four requests to `shop` fails. */
  readonly outage: Window;
  /** In the outage the collector of `web-2` dies, and comes back later. */
  readonly silence: Window;
  /** Yesterday, one in seven for a short time. */
  readonly burn: Window;
  /** Since then `shop` answers slowly. */
  readonly slow: Ms;
  /** Since then nothing is heard of the collector `mail-1`. */
  readonly mail_silent: Ms;
  /** Since then the beta of the shop is open. */
  readonly beta: Ms;
  /** Until then the first version of the API was asked. */
  readonly retired: Ms;
}
