import { type Ms, ms } from '../model/units.ts';

interface Waiting<Context> {
  readonly now: Ms;
  /** Does the work, and returns how to answer once it is committed. */
  readonly work: (context: Context) => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One commit for everything that arrived within a turn of the event loop: a disk can sync a few hundred times a second, but each
 * sync may carry any amount of work. It is done in the order of the calls and answered after the commit, which has the newest of
 * their times.
 */
export function groupCommits<Context>(
  commit: (now: Ms, work: (context: Context) => void) => void,
): <Answer>(now: Ms, work: (context: Context) => Answer) => Promise<Answer> {
  let waiting: Waiting<Context>[] = [];
  const run = (): void => {
    const group = waiting;
    waiting = [];
    let answers: (() => void)[] = [];
    try {
      commit(ms(Math.max(...group.map(({ now }) => now))), (context) => {
        answers = group.map(({ work }) => work(context));
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const answer of answers) answer();
  };
  return (now, work) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(run);
      const answered = (context: Context): (() => void) => {
        const answer = work(context);
        return () => resolve(answer);
      };
      waiting.push({ now, work: answered, reject });
    });
}
