import type { Alert, AlertTier } from '../../server/model/alerts.ts';

/** What decides who is told: of the alert of an SLO or of a rule. */
type ToldThing = Pick<Alert, 'state' | 'tier' | 'silenced_by'>;

/** Whom alerts of which tiers are told to. */
export interface ReceiverRule {
  readonly name: string;
  readonly tiers: readonly AlertTier[];
}

/** What each receiver was last told of an alert: that it fires, at this tier. Who is not here was told nothing, or that it is over. */
export type Told = Readonly<Record<string, AlertTier>>;

export interface Notice {
  readonly receiver: string;
  readonly kind: 'firing' | 'resolved';
  readonly tier: AlertTier;
}

export interface NoticePlan {
  readonly told: Told;
  readonly notices: readonly Notice[];
}

/**
 * What is to be told now. One message when it fires, one more when a ticket becomes a page, one when it is over: for a receiver of
 * pages alone it is over when it eases to a ticket. For one of tickets alone it is not over because it became a page: others have it
 * then, until it is a ticket again or over.
 *
 * A silence keeps back that an alert fires, never that it is over: who was told the one is told the other. When a silence ends
 * and the alert still fires, it is told then.
 */
export function planNotices(alert: ToldThing, told: Told, receivers: readonly ReceiverRule[]): NoticePlan {
  const plans = receivers.map((receiver) => ({ receiver, notice: noticeFor(alert, told[receiver.name], receiver) }));
  const notices = plans.flatMap(({ notice }) => notice ?? []);
  const after = plans.flatMap(({ receiver: { name }, notice }): [string, AlertTier][] => {
    const tier = notice === undefined ? told[name] : notice.kind === 'firing' ? notice.tier : undefined;
    return tier === undefined ? [] : [[name, tier]];
  });
  return { told: Object.fromEntries(after), notices };
}

function noticeFor(alert: ToldThing, told: AlertTier | undefined, { name, tiers }: ReceiverRule): Notice | undefined {
  const firing = alert.state === 'firing';
  const concerns = firing && tiers.includes(alert.tier);
  const grown = firing && told === 'ticket' && alert.tier === 'page';
  if (told !== undefined && !concerns && !grown) return { receiver: name, kind: 'resolved', tier: told };
  if (!concerns || alert.silenced_by.length > 0) return undefined;
  return told === undefined || grown ? { receiver: name, kind: 'firing', tier: alert.tier } : undefined;
}
