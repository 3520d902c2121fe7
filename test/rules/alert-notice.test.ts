import { describe, expect, test } from 'vitest';
import { planNotices, type Told } from '../../rules/alerts/alert-notice.ts';
import type { Alert, AlertTier } from '../../server/model/alerts.ts';
import { messageText } from '../../server/notify/message-text.ts';
import { firingAlert, outgoing, voice } from '../support/alerts.ts';

type Turn = AlertTier | 'resolved';

/** What a receiver is told while an alert takes these turns. */
function told(tiers: readonly AlertTier[], turns: readonly Turn[]): string[] {
  let memory: Told = {};
  return turns.flatMap((turn) => {
    const tier = turn === 'resolved' ? 'ticket' : turn;
    const alert: Alert = { ...firingAlert(), tier, state: turn === 'resolved' ? turn : 'firing' };
    const plan = planNotices(alert, memory, [{ name: 'team', tiers }]);
    memory = plan.told;
    return plan.notices.map((notice) => `${notice.kind} ${notice.tier}`);
  });
}

describe('what a receiver is told', () => {
  const hears = (tiers: readonly AlertTier[], turns: readonly Turn[], want: readonly string[]) =>
    test(`${tiers.join(' and ')}: ${turns.join(', ')}`, () => expect(told(tiers, turns)).toEqual(want));
  hears(['ticket'], ['ticket', 'page', 'page', 'resolved'], ['firing ticket', 'resolved ticket']);
  hears(['ticket'], ['ticket', 'page', 'ticket', 'resolved'], ['firing ticket', 'resolved ticket']);
  hears(['ticket'], ['page', 'ticket', 'resolved'], ['firing ticket', 'resolved ticket']);
  hears(['ticket'], ['page', 'resolved'], []);
  hears(['page'], ['ticket', 'page', 'ticket', 'resolved'], ['firing page', 'resolved page']);
  hears(['page'], ['page', 'ticket', 'page'], ['firing page', 'resolved page', 'firing page']);
  hears(
    ['page', 'ticket'],
    ['ticket', 'page', 'ticket', 'resolved'],
    ['firing ticket', 'firing page', 'resolved page'],
  );
});

describe('the subject says how it ended', () => {
  const says = (what: string, content: Partial<Alert>, en: string, fr: string) =>
    test(what, () => {
      const message = outgoing({ kind: 'resolved' }, { ...firingAlert(), ...content });
      expect(messageText(message, voice()).subject).toBe(`${en} – Requests to shop succeed`);
      expect(messageText(message, voice('fr')).subject).toBe(`${fr} – Les requêtes vers shop réussissent`);
    });
  const over = { state: 'resolved', resolved_by: 'recovered' } as const;
  says(
    'recovered',
    over,
    'Over: shop is within its allowance again',
    'Terminé\u202f: shop est de nouveau dans les limites',
  );
  says(
    'heard again',
    { ...over, cause: 'no_data' },
    'Over: there is data of shop again',
    'Terminé\u202f: il y a de nouveau des données de shop',
  );
  says(
    'withdrawn',
    { ...over, resolved_by: 'withdrawn' },
    'Withdrawn: the alert of shop',
    'Retirée\u202f: l’alerte de shop',
  );
  says(
    'eased, for who is told of pages alone',
    { tier: 'ticket' },
    'Eased: shop no longer calls for a person now',
    'Atténué\u202f: shop ne demande plus d’intervention immédiate',
  );
  test('and that it fires for want of data', () => {
    const message = outgoing({ tier: 'ticket' }, { ...firingAlert(), cause: 'no_data' });
    expect(messageText(message, voice()).subject).toBe('Ticket: no data of shop – Requests to shop succeed');
  });
});
