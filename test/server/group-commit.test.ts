import { expect, test } from 'vitest';
import { groupCommits } from '../../server/engine/group-commit.ts';

test('what arrives in one turn is one commit; each gets its own answer', async () => {
  const commits: number[][] = [];
  const add = groupCommits((items: readonly number[]) => {
    commits.push([...items]);
    return items.map((item) => item * 10);
  });
  expect(await Promise.all([add(1), add(2), add(3)])).toEqual([10, 20, 30]);
  expect(await add(4)).toBe(40);
  expect(commits).toEqual([[1, 2, 3], [4]]);
});

test('a failed commit fails everybody in it, and nobody after it', async () => {
  let failing = true;
  const add = groupCommits((items: readonly number[]) => {
    if (failing) throw new Error('disk full');
    return items;
  });
  const group = await Promise.allSettled([add(1), add(2)]);
  expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(await add(3)).toBe(3);
});
