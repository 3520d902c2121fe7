/**
 * One commit for everything that arrived within a turn of the event loop: a disk can sync a few hundred times a second, but each
 * sync may carry any number of batches. Answers come in the order of the calls, after the commit.
 */
export function groupCommits<Item, Answer>(
  commit: (items: readonly Item[]) => readonly Answer[],
): (item: Item) => Promise<Answer> {
  let waiting: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  const run = (): void => {
    const group = waiting;
    waiting = [];
    try {
      const answers = commit(group.map(({ item }) => item));
      for (const [i, { resolve }] of group.entries()) resolve(answers[i] as Answer);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(run);
      waiting.push({ item, resolve, reject });
    });
}
