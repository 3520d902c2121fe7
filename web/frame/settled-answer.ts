import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../api/answer.ts';

/** Typing is not a question yet. */
const SETTLED_MS = 300;

/**
 * The answer to what a form asks, once nobody has changed it for a moment. It stays until the next one is there; `undefined` as
 * a question asks nothing.
 */
export function useSettledAnswer<T>(
  question: string | undefined,
  ask: () => Promise<Answer<T>>,
): Answer<T> | undefined {
  const answer = useSignal<Answer<T> | undefined>(undefined);
  useEffect(() => {
    if (question === undefined) {
      answer.value = undefined;
      return;
    }
    let gone = false;
    const timer = setTimeout(() => {
      void ask().then((given) => {
        if (!gone) answer.value = given;
      });
    }, SETTLED_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [question]);
  return answer.value;
}
