import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sloStatus } from '../../rules/figures/status.ts';
import { HOUR, MINUTE, ms } from '../../server/model/units.ts';
import type { OutgoingMessage, Receiver } from '../../server/notify/receiver.ts';
import { events, NOW, observe, slo } from '../rules/observation.ts';
import { openAlertHouse } from '../support/alert-house.ts';
import { tries } from '../support/long.ts';
import { type MemoryDocuments, memoryDocuments } from '../support/memory-documents.ts';

/**
 * What a receiver sees, whatever dies when: processes are killed at any point, between any two awaits, and the receiver comes and
 * goes. It is at-least-once: a message may come again, but an alert that was told is told to be over, after it was told.
 */
const PAIR = { tier: 'page', long: HOUR, short: ms(5 * MINUTE), budget_share: 0.02, min_events: 10 } as const;
const statusOf = (bad: number) => sloStatus(observe(slo({ alerts: [PAIR] }), events(1001 - bad, bad, 2 * MINUTE)));
const [HEALTHY, BURNING] = [statusOf(0), statusOf(100)];

type Deed =
  | { readonly kind: 'evaluate'; readonly burning: boolean }
  | { readonly kind: 'receiver'; readonly answers: 'delivered' | 'retry' }
  | { readonly kind: 'kill'; readonly after: number };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('evaluate' as const), burning: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('receiver' as const),
      answers: fc.constantFrom('delivered' as const, 'retry' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.nat(3) }) },
);

/** What the world outside sees, and what outlives a process. */
class World {
  readonly documents: MemoryDocuments = memoryDocuments();
  readonly delivered: OutgoingMessage[] = [];
  answers: 'delivered' | 'retry' = 'delivered';
  #alive = { yes: true };
  #time = NOW;

  /** A process: after its death nothing it began is heard of again. */
  async start() {
    this.#alive.yes = false;
    const alive = { yes: true };
    this.#alive = alive;
    const never = new Promise<never>(() => undefined);
    const engine = {
      changeDocuments: async (...args: Parameters<MemoryDocuments['changeDocuments']>) => {
        await Promise.resolve();
        if (!alive.yes) return never;
        const done = await this.documents.changeDocuments(...args);
        return alive.yes ? done : never;
      },
      documents: this.documents.documents,
    };
    const receiver: Receiver = {
      ...{ name: 'oncall', tiers: ['page'], integration: 'webhook' },
      deliver: async (message) => {
        await Promise.resolve();
        if (!alive.yes) return never;
        if (this.answers === 'retry') return { result: 'retry', error: 'no answer' };
        this.delivered.push(message);
        await Promise.resolve();
        return alive.yes ? { result: 'delivered' } : never;
      },
    };
    const house = await openAlertHouse(engine, [receiver], this.#time);
    house.outbox.start();
    return {
      evaluate: (burning: boolean) => {
        this.#time = ms(this.#time + MINUTE);
        house.clock.set(this.#time);
        return house.book.step([{ ...(burning ? BURNING : HEALTHY), as_of: this.#time }], this.#time);
      },
      waiting: () => house.outbox.status()[0]?.waiting ?? 0,
      stop: () => house.outbox.stop(),
    };
  }
}

test('who was told that an alert fires is told that it is over, in this order, whatever dies', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 40 }), async (deeds) => {
      const world = new World();
      let process = await world.start();
      for (const one of deeds) {
        if (one.kind === 'receiver') world.answers = one.answers;
        if (one.kind === 'evaluate') {
          const step = process.evaluate(one.burning);
          // A death may come in the middle of it: then it never ends.
          await Promise.race([step, sleep(2)]);
        }
        if (one.kind === 'kill') {
          void process.evaluate(true);
          for (let i = 0; i < one.after; i++) await Promise.resolve();
          process = await world.start();
        }
      }
      world.answers = 'delivered';
      await process.evaluate(false);
      while (process.waiting() > 0) await sleep(2);
      await process.stop();
      await check(world);
    }),
    { seed: 61, numRuns: tries(60) },
  );
});

async function check({ delivered, documents }: World): Promise<void> {
  const fired = await documents.documents({ collection: 'alert', limit: 1000 });
  expect(new Set(delivered.map((message) => message.alert))).toEqual(new Set(fired.map(({ key }) => key)));
  for (const alert of new Set(delivered.map((message) => message.alert))) {
    const kinds = delivered.filter((message) => message.alert === alert).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('resolved');
    // Firing any number of times, then resolved any number of times.
    expect(kinds.join(' ')).toMatch(/^(firing ?)*(resolved ?)+$/);
  }
}
