import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer, Failure } from '../api/answer.ts';

export interface Asked<T> {
  /** Of the newest question that was answered; stays while the next one is under way. */
  readonly data: T | undefined;
  /** Why the newest question was not. */
  readonly failure: Failure | undefined;
}

/** Asks once per question; undefined asks nothing. A late answer to an older question is left out. */
export function useAnswerTo<T>(question: string | undefined, ask: () => Promise<Answer<T>>): Asked<T> {
  const asked = useSignal<Asked<T>>({ data: undefined, failure: undefined });
  useEffect(() => {
    if (question === undefined) return undefined;
    let gone = false;
    void ask().then((answer) => {
      if (gone) return;
      asked.value = answer.ok
        ? { data: answer.data, failure: undefined }
        : { data: asked.peek().data, failure: answer.failure };
    });
    return () => {
      gone = true;
    };
  }, [question]);
  return asked.value;
}
