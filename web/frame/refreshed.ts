import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer, Failure } from '../api/answer.ts';
import { useServices } from './services.ts';

const EVERY_MS = 60_000;

export interface Refreshed<T> {
  /** The newest answer, kept while a later one fails. */
  readonly data: T | undefined;
  readonly failure: Failure | undefined;
  retry(): void;
}

/** Asks when the page opens, when the question changes, and every minute unless the page is paused. */
export function useRefreshed<T>(question: string, ask: () => Promise<Answer<T>>): Refreshed<T> {
  const { live } = useServices();
  const data: Signal<{ readonly question: string; readonly answer: T } | undefined> = useSignal(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const attempt = useSignal(0);
  const minute = Math.floor(live.now.value / EVERY_MS);
  useEffect(() => {
    let gone = false;
    void ask().then((answer) => {
      if (gone) return;
      if (answer.ok) data.value = { question, answer: answer.data };
      failure.value = answer.ok ? undefined : answer.failure;
    });
    return () => {
      gone = true;
    };
  }, [question, minute, attempt.value, data, failure]);
  return {
    data: data.value?.question === question ? data.value.answer : undefined,
    failure: failure.value,
    retry: () => {
      attempt.value++;
      live.start();
    },
  };
}
