import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { sloStatus } from '../../rules/figures/status.ts';
import type { Alert } from '../../server/model/alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { DAY, HOUR, MINUTE, type Ms, ms, SECOND } from '../../server/model/units.ts';
import type { Outcome, OutgoingMessage, Receiver } from '../../server/notify/receiver.ts';
import { events, NOW, observe, slo } from '../rules/observation.ts';
import { openAlertHouse } from '../support/alert-house.ts';
import { memoryDocuments } from '../support/memory-documents.ts';
import { PATIENCE } from '../support/patience.ts';

/** The status `after` the beginning: bad as many of a thousand requests as asked for. */
function statusAt(after: number, bad: number, id = 'shop-availability'): SloStatus {
  const time = ms(NOW + after);
  const status = sloStatus(observe(slo({ id, alerts: PAGES }), events(1001 - bad, bad, 2 * MINUTE)));
  return { ...status, as_of: time };
}
const PAGES = [{ tier: 'page', long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02, min_events: 10 }] as const;
const BURNING = 100;

interface Told {
  readonly receiver: Receiver;
  readonly messages: OutgoingMessage[];
  answer: (message: OutgoingMessage) => Promise<Outcome> | Outcome;
}

function recorder(name = 'oncall', tiers: Receiver['tiers'] = ['page', 'ticket']): Told {
  const messages: OutgoingMessage[] = [];
  const told: Told = {
    messages,
    answer: () => ({ result: 'delivered' }),
    receiver: {
      name,
      tiers,
      integration: 'webhook',
      deliver: async (message) => {
        messages.push(message);
        return told.answer(message);
      },
    },
  };
  return told;
}

const kinds = ({ messages }: Told) => messages.map(({ kind }) => kind);

async function open(engine = memoryDocuments(), told = recorder(), time: Ms = NOW) {
  const house = await openAlertHouse(engine, [told.receiver], time);
  house.outbox.start();
  const step = async (after: number, bad: number) => {
    house.clock.set(ms(NOW + after));
    return house.book.step([statusAt(after, bad)], ms(NOW + after));
  };
  const documents = async <T>(collection: 'alert' | 'outgoing' | 'notification' | 'alert_state') =>
    (await engine.documents({ collection, limit: 1000 })).map(({ body }) => body as T);
  return { engine, told, step, documents, ...house };
}

describe('one incident', () => {
  test('is told once when it fires and once when it is over', async () => {
    const { step, told, documents, outbox } = await open();
    for (let after = 0; after < 10 * MINUTE; after += 10 * SECOND) await step(after, BURNING);
    for (let after = 10 * MINUTE; after < 12 * MINUTE; after += 10 * SECOND) await step(after, 0);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved']), PATIENCE);
    await outbox.stop();
    expect(await documents('outgoing')).toEqual([]);
    expect(await documents('alert_state')).toEqual([]);
    expect(await documents('notification')).toMatchObject([
      { kind: 'resolved', state: 'delivered' },
      { kind: 'firing' },
    ]);
    expect(await documents<Alert>('alert')).toMatchObject([{ state: 'resolved', resolved: NOW + 10 * MINUTE }]);
  });

  test('survives a restart between any two evaluations as if there had been none', async () => {
    const engine = memoryDocuments();
    const told = recorder();
    for (const [i, bad] of [0, BURNING, BURNING, 0, BURNING, 0].entries()) {
      const house = await open(engine, told);
      await house.step(i * MINUTE, bad);
      await house.outbox.stop();
    }
    const { documents } = await open(engine, told);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved', 'firing', 'resolved']), PATIENCE);
    const ids = told.messages.map(({ alert }) => alert);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[1]).not.toBe(ids[2]);
    expect(await documents('alert')).toHaveLength(2);
  });

  test('ends as withdrawn when its definition is gone, and is told', async () => {
    const { step, book, told } = await open();
    await step(0, BURNING);
    expect(await book.step([], ms(NOW + MINUTE))).toEqual([]);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved']), PATIENCE);
    expect(told.messages[1]?.content).toMatchObject({ state: 'resolved', resolved_by: 'withdrawn' });
  });

  test('two SLOs of one id are a mistake of ours, not two turns of one alert', async () => {
    const { book } = await open();
    await expect(book.step([statusAt(0, BURNING), statusAt(0, 0)], NOW)).rejects.toThrow('BUG');
  });

  test('standing still writes nothing', async () => {
    const { step, engine, outbox } = await open();
    const change = vi.spyOn(engine, 'changeDocuments');
    await step(0, BURNING);
    await vi.waitFor(() => expect(change).toHaveBeenCalledTimes(2), PATIENCE);
    for (let after = 10 * SECOND; after < 10 * MINUTE; after += 10 * SECOND) await step(after, BURNING);
    expect(change).toHaveBeenCalledTimes(2);
    await outbox.stop();
  });
});

describe('a receiver in trouble', () => {
  test('gets its messages in order once it is back', async () => {
    const { step, told, outbox } = await open();
    let down = true;
    told.answer = () => (down ? { result: 'retry', error: 'no answer' } : { result: 'delivered' });
    await step(0, BURNING);
    await vi.waitFor(() => expect(told.messages.length).toBeGreaterThan(2), PATIENCE);
    expect(outbox.status()).toMatchObject([{ waiting: 1, delivered: 0, last_error: 'no answer' }]);
    down = false;
    await vi.waitFor(() => expect(outbox.status()).toMatchObject([{ waiting: 0, delivered: 1 }]), PATIENCE);
    await step(MINUTE, 0);
    await vi.waitFor(() => expect(kinds(told).at(-1)).toBe('resolved'), PATIENCE);
  });

  test('that was down all along is told once, as over', async () => {
    const { step, told, documents } = await open();
    let down = true;
    told.answer = () => (down ? { result: 'retry', error: 'no answer' } : { result: 'delivered' });
    await step(0, BURNING);
    await vi.waitFor(() => expect(told.messages.length).toBeGreaterThan(0), PATIENCE);
    await step(MINUTE, 0);
    down = false;
    const delivered = async () => (await documents<OutgoingMessage>('notification')).map(({ kind }) => kind);
    await vi.waitFor(async () => expect(await delivered()).toEqual(['resolved']), PATIENCE);
    await sleep(50);
    expect(await delivered()).toEqual(['resolved']);
    expect(await documents('outgoing')).toEqual([]);
  });

  test('that refuses is not asked again, and it shows', async () => {
    const { step, told, documents, outbox, logged } = await open();
    told.answer = () => ({ result: 'failed', error: 'answered 404' });
    await step(0, BURNING);
    await vi.waitFor(
      async () =>
        expect(await documents('notification')).toMatchObject([
          { state: 'failed', error: 'answered 404', attempts: 1 },
        ]),
      PATIENCE,
    );
    expect(outbox.status()).toMatchObject([{ failed: 1, waiting: 0 }]);
    expect(logged.join('')).toContain('given up');
  });

  test('that is down for a day loses the message, which is counted and shown', async () => {
    const { step, told, clock, documents, outbox } = await open();
    told.answer = () => ({ result: 'retry', error: 'no answer' });
    await step(0, BURNING);
    await vi.waitFor(() => expect(told.messages.length).toBeGreaterThan(0), PATIENCE);
    clock.set(ms(NOW + DAY + 1));
    await vi.waitFor(
      async () => expect(await documents('notification')).toMatchObject([{ state: 'expired', error: 'no answer' }]),
      PATIENCE,
    );
    expect(outbox.status()).toMatchObject([{ failed: 1 }]);
  });

  test('does not hold up the others', async () => {
    const engine = memoryDocuments();
    const [slow, fine] = [recorder('slow'), recorder('fine')];
    slow.answer = () => new Promise(() => undefined);
    const house = await openAlertHouse(engine, [slow.receiver, fine.receiver], NOW);
    house.outbox.start();
    await house.book.step([statusAt(0, BURNING)], NOW);
    await house.book.step([statusAt(MINUTE, 0)], ms(NOW + MINUTE));
    await vi.waitFor(() => expect(kinds(fine)).toEqual(['firing', 'resolved']), PATIENCE);
    expect(slow.messages).toHaveLength(1);
  });

  test('that is gone from the configuration: its messages are dropped, and it shows', async () => {
    const engine = memoryDocuments();
    const first = await open(engine);
    first.told.answer = () => ({ result: 'retry', error: 'no answer' });
    await first.step(0, BURNING);
    await first.outbox.stop();
    const { documents } = await open(engine, recorder('other'));
    expect(await documents('notification')).toMatchObject([{ receiver: 'oncall', state: 'dropped' }]);
    expect(await documents('outgoing')).toEqual([]);
  });
});

test('a message that a full journal lets go is counted, shown, and out of memory', async () => {
  const engine = memoryDocuments();
  const { changeDocuments } = engine;
  const { step, told, outbox, documents } = await open(engine);
  told.answer = () => ({ result: 'retry', error: 'no answer' });
  await step(0, BURNING);
  await vi.waitFor(() => expect(told.messages.length).toBeGreaterThan(0), PATIENCE);
  const [message] = told.messages;
  engine.changeDocuments = async (changes) => {
    engine.changeDocuments = changeDocuments;
    const lost = { collection: 'outgoing', key: message!.id } as const;
    await changeDocuments([...changes, { op: 'delete', ...lost }]);
    return [lost];
  };
  await vi.waitFor(() => expect(outbox.status()).toMatchObject([{ waiting: 0, failed: 1 }]), PATIENCE);
  await step(MINUTE, BURNING);
  await vi.waitFor(async () => expect(await documents('notification')).toMatchObject([{ state: 'dropped' }]), PATIENCE);
});

test('the largest alert there can be fits into its document', async () => {
  const { engine, book, told, logged } = await open();
  const long = '\u0001'.repeat(200);
  const labels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`label_${i}`, long]));
  const status = {
    ...statusAt(0, BURNING),
    title: long,
    service: long,
    owner: long,
    labels: { ...labels, team: 'web' },
  };
  for (let i = 0; i < 80; i++) {
    const state = i % 2 === 0 ? status.state : 'no_data';
    await book.step([{ ...status, state, as_of: NOW + i }], ms(NOW + i));
  }
  await vi.waitFor(() => expect(told.messages).toHaveLength(1), PATIENCE);
  const [stored] = await engine.documents({ collection: 'alert', limit: 1 });
  const alert = stored?.body as Alert;
  expect(logged.join('')).not.toContain('Cannot save');
  expect(alert.timeline).toHaveLength(50);
  expect(alert.timeline[0]?.kind).toBe('fired');
  expect(alert.timeline.at(-1)?.time).toBe(NOW + 79);
  expect(alert.labels.team).toBe('web');
});

describe('a death', () => {
  test('between state change and delivery loses nothing: the next process delivers, and resolves what it told', async () => {
    const engine = memoryDocuments();
    const first = await open(engine);
    first.told.answer = () => new Promise(() => undefined);
    await first.step(0, BURNING);
    const { step, told } = await open(engine);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing']), PATIENCE);
    await step(MINUTE, 0);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved']), PATIENCE);
  });

  test('between delivery and its record delivers again, under the same id', async () => {
    const engine = memoryDocuments();
    const first = await open(engine);
    first.told.answer = () => {
      engine.full(true);
      return { result: 'delivered' };
    };
    await first.step(0, BURNING);
    await vi.waitFor(() => expect(first.told.messages).toHaveLength(1), PATIENCE);
    await first.outbox.stop();
    engine.full(false);
    const { told } = await open(engine);
    await vi.waitFor(() => expect(told.messages).toHaveLength(1), PATIENCE);
    expect(told.messages[0]?.id).toBe(first.told.messages[0]?.id);
  });
});

test('a full disk silences nobody: alerts go on in memory and are saved when there is room', async () => {
  const { engine, step, told, documents, logged } = await open();
  engine.full(true);
  await step(0, BURNING);
  await vi.waitFor(() => expect(kinds(told)).toEqual(['firing']), PATIENCE);
  expect(await documents('alert')).toEqual([]);
  expect(logged.join('')).toContain('Cannot save alerts');
  engine.full(false);
  await step(MINUTE, 0);
  await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved']), PATIENCE);
  await vi.waitFor(async () => expect(await documents('notification')).toHaveLength(2), PATIENCE);
  expect(await documents('alert')).toMatchObject([{ state: 'resolved' }]);
});

describe('silences', () => {
  const request = (changes: object = {}) => ({
    matchers: [{ name: 'slo', op: '=', value: 'shop-availability' }],
    duration: '1h',
    author: 'ada',
    comment: 'the database moves',
    ...changes,
  });

  test('a silenced alert is evaluated and shown, and nobody is told; neither that it is over', async () => {
    const { silences, step, told } = await open();
    const { id } = await silences.put(request(), NOW);
    expect(await step(MINUTE, BURNING)).toMatchObject([{ state: 'firing', silenced_by: [id] }]);
    await step(2 * MINUTE, 0);
    await sleep(50);
    expect(told.messages).toEqual([]);
  });
  test('who was told that it fires is told that it is over, silence or not', async () => {
    const { silences, step, told } = await open();
    await step(0, BURNING);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing']), PATIENCE);
    await silences.put(request(), NOW);
    await step(MINUTE, BURNING);
    await step(2 * MINUTE, 0);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing', 'resolved']), PATIENCE);
  });
  test('when a silence ends and the alert still fires, it is told then', async () => {
    const { silences, step, told } = await open();
    await silences.put(request({ duration: '10m' }), NOW);
    await step(MINUTE, BURNING);
    await step(10 * MINUTE - 1, BURNING);
    await sleep(50);
    expect(told.messages).toEqual([]);
    const [alert] = await step(10 * MINUTE, BURNING);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing']), PATIENCE);
    expect(alert?.timeline.map(({ kind }) => kind)).toEqual(['fired', 'silenced', 'unsilenced']);
  });
  test('one that was ended by hand counts at once, and after a restart', async () => {
    const engine = memoryDocuments();
    const first = await open(engine);
    const { id } = await first.silences.put(request(), NOW);
    await first.step(MINUTE, BURNING);
    await first.silences.expire(id, ms(NOW + 2 * MINUTE));
    const { step, told } = await open(engine);
    await step(2 * MINUTE, BURNING);
    await vi.waitFor(() => expect(kinds(told)).toEqual(['firing']), PATIENCE);
  });
});

test('a receiver of pages alone is told of a page only, and that it is over when it eases', async () => {
  const engine = memoryDocuments();
  const [pages, all] = [recorder('pager', ['page']), recorder('team')];
  const house = await openAlertHouse(engine, [pages.receiver, all.receiver], NOW);
  house.outbox.start();
  const tiers = (page: boolean, ticket: boolean, after: number): SloStatus => {
    const pair = (tier: 'page' | 'ticket', firing: boolean, long_secs: number) => {
      // A factor nobody reaches, or everybody.
      return { tier, long_secs, short_secs: 300, factor: firing ? 1 : 1e6, budget_share: 0.02, min_events: 1, firing };
    };
    return { ...statusAt(after, BURNING), alerts: [pair('page', page, 3600), pair('ticket', ticket, 7200)] };
  };
  for (const [i, [page, ticket]] of [
    [false, true],
    [true, true],
    [false, true],
    [false, false],
  ].entries()) {
    await house.book.step([tiers(page!, ticket!, i * MINUTE)], ms(NOW + i * MINUTE));
    await vi.waitUntil(() => house.outbox.status().every(({ waiting }) => waiting === 0), PATIENCE);
  }
  const said = ({ messages }: Told) =>
    messages.map(({ kind, tier, content }) => `${kind} ${tier}, ${'tier' in content && content.tier}`);
  expect(said(pages)).toEqual(['firing page, page', 'resolved page, ticket']);
  expect(said(all)).toEqual(['firing ticket, ticket', 'firing page, page', 'resolved page, ticket']);
});
