import { describe, expect, test } from 'vitest';
import { type AlertStanding, inactiveAlert, nextAlert } from '../../rules/alerts/alert-state.ts';
import { sloStatus } from '../../rules/figures/status.ts';
import type { NoDataTier } from '../../rules/slo-definition.ts';
import type { Alert, AlertEvent, AlertTier } from '../../server/model/alerts.ts';
import type { OriginStatus } from '../../server/model/engine.ts';
import { HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import { events, NOW, observe, origin, slo } from './observation.ts';

/** An SLO whose sources fall silent: what is evaluated every ten seconds, with a past of good requests. */
const FAST = { long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02, min_events: 10 } as const;
const GOOD = events(20, 0, 30 * MINUTE);
const FAILED = 50;

interface Sight {
  readonly origins?: readonly OriginStatus[];
  readonly no_data?: NoDataTier;
  /** When fifty requests failed. */
  readonly badAt?: number;
  readonly tier?: AlertTier;
}

function evaluate(time: Ms, { origins = [heard(time)], no_data, badAt, tier = 'page' }: Sight) {
  const definition = slo({ alerts: [{ ...FAST, tier }], ...(no_data && { no_data }) });
  const failed = badAt === undefined ? [] : Array.from({ length: FAILED }, () => ({ time: badAt, bad: true }));
  return sloStatus(observe(definition, [...GOOD, ...failed], { origins, now: time }));
}

const heard = (time: Ms, name = 'web-1/access') => origin({ origin: name, completeTo: time });

/** Steps every ten seconds over `length`; what happened and what stands. */
function run(from: { standing: AlertStanding; time: Ms }, length: number, sight: (time: Ms) => Sight) {
  const happened: AlertEvent[] = [];
  const alerts: (Alert | undefined)[] = [];
  let { standing, time } = from;
  for (const end = time + length; time < end; ) {
    time = ms(time + 10 * SECOND);
    const step = nextAlert(standing, evaluate(time, sight(time)), time);
    standing = JSON.parse(JSON.stringify(step.standing)) as AlertStanding;
    happened.push(...step.events);
    alerts.push(step.alert);
  }
  return { standing, time, happened: happened.map(({ kind, tier }) => `${kind} ${tier}`), last: alerts.at(-1) };
}

const START = { standing: inactiveAlert('shop-availability'), time: NOW };
const silent = () => ({ origins: [heard(NOW)] });

describe('a silence', () => {
  const tells = (what: string, length: Ms, no_data: NoDataTier | undefined, want: string[]) =>
    test(what, () =>
      expect(run(START, length, () => ({ ...silent(), ...(no_data && { no_data }) })).happened).toEqual(want),
    );
  tells('of ten minutes is nothing yet', ms(10 * MINUTE), undefined, []);
  tells('of more is a ticket', ms(10 * MINUTE + 10 * SECOND), undefined, ['fired ticket']);
  tells('is told once', HOUR, undefined, ['fired ticket']);
  tells('is a page for who wants it', ms(HOUR), 'page', ['fired page']);
  tells('is nothing for who does not', HOUR, 'none', []);

  test('says whom nothing is heard of, and since when', () => {
    const { last } = run(START, 11 * MINUTE, silent);
    expect(last).toMatchObject({ cause: 'no_data', no_data_since: NOW, since: NOW, silent: ['web-1/access'] });
    expect(last?.sentences[0]).toMatchObject({ code: 'no_data', args: { silent: 'web-1/access' } });
  });
  test('is over when data is back', () => {
    const back = run(run(START, 20 * MINUTE, silent), 10 * SECOND, () => ({}));
    expect(back.last?.timeline.map(({ kind }) => kind)).toEqual(['fired', 'data_back', 'resolved']);
    expect(back.last).toMatchObject({ state: 'resolved', resolved_by: 'recovered', resolved: back.time });
    expect(back.last?.sentences[0]).toMatchObject({ code: 'over', args: { by: 'heard', amount: 20 } });
    expect(run(back, HOUR, () => ({})).happened).toEqual([]);
  });
  test('is withdrawn when its definition wants it no more', () => {
    const gone = run(run(START, 20 * MINUTE, silent), 10 * SECOND, () => ({ ...silent(), no_data: 'none' }));
    expect(gone.last).toMatchObject({ state: 'resolved', resolved_by: 'withdrawn' });
  });
  test('that a server finds when it comes back is watched before it is told', () => {
    const late = { standing: START.standing, time: ms(NOW + 8 * HOUR) };
    expect(run(late, 5 * MINUTE, silent).happened).toEqual([]);
    expect(run(late, 5 * MINUTE + 10 * SECOND, silent).happened).toEqual(['fired ticket']);
  });
  test('that is broken again and again begins anew each time', () => {
    const flicker = (time: Ms) => ((time - NOW) % (5 * MINUTE) < MINUTE ? {} : silent());
    expect(run(START, 2 * HOUR, flicker).happened).toEqual([]);
  });
  test('gives way to the page of a burn, which is told as one', () => {
    const missing = run(START, 20 * MINUTE, (time) => ({ origins: [heard(NOW), heard(time, 'web-2/access')] }));
    expect(missing.last).toMatchObject({ cause: 'no_data', tier: 'ticket', silent: ['web-1/access'] });
    const both = (time: Ms) => ({ origins: [heard(NOW), heard(time, 'web-2/access')], badAt: NOW + 19 * MINUTE });
    const burning = run(missing, 10 * SECOND, both);
    expect(burning.happened).toEqual(['escalated page']);
    expect(burning.last).toMatchObject({ id: missing.last?.id, tier: 'page', figures: { long: { bad: FAILED } } });
    expect(burning.last?.cause).toBeUndefined();
  });
  test('in a burn is part of its alert', () => {
    const burning = run(START, MINUTE, () => ({ badAt: NOW }));
    expect(burning.happened).toEqual(['fired page']);
    const quiet = run(burning, HOUR, () => ({ origins: [heard(burning.time)], badAt: NOW }));
    expect(quiet.happened).toEqual(['no_data page']);
    expect(quiet.last).toMatchObject({ id: burning.last?.id, state: 'firing' });
  });
  test('calls a person for a ticket whose silence is a page', () => {
    const burns = { no_data: 'page', tier: 'ticket', badAt: NOW } as const;
    const ticket = run(START, MINUTE, () => burns);
    expect(ticket.happened).toEqual(['fired ticket']);
    const quiet = run(ticket, 11 * MINUTE, () => ({ ...burns, origins: [heard(ticket.time)] }));
    expect(quiet.happened).toEqual(['no_data ticket', 'escalated page']);
  });
});
