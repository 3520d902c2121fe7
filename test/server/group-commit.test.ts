import { expect, test } from 'vitest';
import { groupCommits } from '../../server/engine/group-commit.ts';
import { ms } from '../../server/model/units.ts';

interface Item {
  now: number;
  items: number[];
}

test('what arrives in one turn is one commit of its newest time; each gets its own answer', async () => {
  const commits: Item[] = [];
  const submit = groupCommits<number[]>((now, work) => {
    const items: number[] = [];
    work(items);
    commits.push({ now, items });
  });
  const add = (item: number) =>
    submit(ms(item), (items) => {
      items.push(item);
      return item * 10;
    });
  expect(await Promise.all([add(1), add(3), add(2)])).toEqual([10, 30, 20]);
  expect(await add(4)).toBe(40);
  expect(commits).toEqual([
    { now: 3, items: [1, 3, 2] },
    { now: 4, items: [4] },
  ]);
});

test('a failed commit fails everybody in it, and nobody after it', async () => {
  let failing = true;
  const submit = groupCommits<undefined>((_now, work) => {
    work(undefined);
    if (failing) throw new Error('disk full');
  });
  const group = await Promise.allSettled([submit(ms(1), () => 1), submit(ms(1), () => 2)]);
  expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(await submit(ms(1), () => 3)).toBe(3);
});
