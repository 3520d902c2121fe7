import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { QUERY_BOUNDS, type QueryBounds, QueryDesk } from '../../server/engine/query-desk.ts';
import { systemClock } from '../../server/model/clock.ts';
import { VigieError } from '../../server/model/errors.ts';
import { ms } from '../../server/model/units.ts';

const deskOf = (bounds: Partial<QueryBounds>): QueryDesk => new QueryDesk({ ...QUERY_BOUNDS, ...bounds }, systemClock);

/** A question that is answered when it is told to, and says when it was begun. */
function held(name: string, begun: string[]) {
  let ends = false;
  const question = function* (): Generator<undefined, string> {
    begun.push(name);
    while (!ends) yield;
    return name;
  };
  return { question, end: () => (ends = true) };
}

test('so many at once, the next ones in the order they came', async () => {
  const desk = deskOf({ maxConcurrent: 2, maxQueued: 10 });
  const begun: string[] = [];
  const all = ['a', 'b', 'c', 'd'].map((name) => held(name, begun));
  const answers = all.map(({ question }) => desk.answer(question));
  await turn();
  expect(begun).toEqual(['a', 'b']);
  all[1]!.end();
  expect(await answers[1]).toBe('b');
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const { end } of all) end();
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd']);
});

test('one more than may wait is refused at once, and is none of those that wait', async () => {
  const desk = deskOf({ maxConcurrent: 1, maxQueued: 1 });
  const [first, second] = [held('a', []), held('b', [])];
  const [one, two] = [desk.answer(first.question), desk.answer(second.question)];
  const cause = 'cannot answer query: 1 others are being answered and 1 wait; ask again later';
  await expect(desk.answer(held('c', []).question)).rejects.toMatchObject({ code: 'unavailable', message: cause });
  first.end();
  second.end();
  expect(await Promise.all([one, two])).toEqual(['a', 'b']);
  const last = held('d', []);
  last.end();
  expect(await desk.answer(last.question)).toBe('d');
});

test('a question that fails gives its place to the next', async () => {
  const desk = deskOf({ maxConcurrent: 1 });
  const failing = desk.answer(function* (): Generator<undefined, never> {
    yield;
    throw new VigieError('execution', 'too much');
  });
  const after = held('b', []);
  after.end();
  const next = desk.answer(after.question);
  await expect(failing).rejects.toThrow('too much');
  expect(await next).toBe('b');
});

test('whoever goes stops the work, or leaves the queue', async () => {
  const desk = deskOf({ maxConcurrent: 1 });
  const begun: string[] = [];
  const [first, second, third] = [held('a', begun), held('b', begun), held('c', begun)];
  const [goesFirst, goesSecond] = [new AbortController(), new AbortController()];
  const one = desk.answer(first.question, { signal: goesFirst.signal });
  const two = desk.answer(second.question, { signal: goesSecond.signal });
  const three = desk.answer(third.question);
  goesSecond.abort();
  await expect(two).rejects.toMatchObject({ code: 'canceled' });
  goesFirst.abort();
  await expect(one).rejects.toMatchObject({ code: 'canceled' });
  third.end();
  expect(await three).toBe('c');
  expect(begun).toEqual(['a', 'c']);
});

test('waiting counts: a turn that does not come in time is a timeout, and the desk goes on', async () => {
  const desk = deskOf({ maxConcurrent: 1 });
  const first = held('a', []);
  const one = desk.answer(first.question);
  await expect(desk.answer(held('b', []).question, { timeout: ms(20) })).rejects.toMatchObject({ code: 'timeout' });
  first.end();
  expect(await one).toBe('a');
});

test('a closed desk ends what runs and what waits, and begins nothing', async () => {
  const desk = deskOf({ maxConcurrent: 1 });
  const begun: string[] = [];
  const answers = ['a', 'b'].map((name) => desk.answer(held(name, begun).question));
  desk.close();
  const ended = await Promise.allSettled([...answers, desk.answer(held('c', begun).question)]);
  const refused = (code: string) => ({ status: 'rejected', reason: { code } });
  expect(ended).toMatchObject([refused('canceled'), refused('unavailable'), refused('unavailable')]);
  expect(begun).toEqual(['a']);
});

test('a question is told the limits: those of the desk, or a shorter time of its own', async () => {
  let now = 0;
  const desk = new QueryDesk({ ...QUERY_BOUNDS, timeout: ms(100), maxSamples: 7 }, { now: () => ms(now) });
  const stops = (timeout: number, at: number): Promise<readonly [boolean, number]> => {
    now = 0;
    return desk.answer(
      function* ({ shouldStop, maxSamples }) {
        yield;
        now = at;
        return [shouldStop(), maxSamples] as const;
      },
      { timeout: ms(timeout) },
    );
  };
  expect(await stops(50, 49)).toEqual([false, 7]);
  expect(await stops(50, 50)).toEqual([true, 7]);
  expect(await stops(500, 99)).toEqual([false, 7]);
  expect(await stops(500, 100)).toEqual([true, 7]);
});
