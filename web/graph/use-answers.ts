import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useServices } from '../frame/services.ts';

const EVERY_MS = 60_000;

interface Answers<T> {
  /** To the newest question that was answered; those of an older one stay while it is under way. */
  readonly answers: readonly T[];
  /** Stops the question under way; undefined while there is none. */
  readonly cancel: (() => void) | undefined;
  /** The person stopped the newest question, which is asked again only when they say so. */
  readonly cancelled: boolean;
  readonly again: () => void;
}

/**
 * Asks several things at once: when the question changes, on demand, and every minute unless the page is paused. What `ask` promises
 * must not reject: a failure is an answer too.
 */
export function useAnswers<T>(question: string, ask: (signal: AbortSignal) => readonly Promise<T>[]): Answers<T> {
  const { live } = useServices();
  const answers = useSignal<readonly T[]>([]);
  const attempt = useSignal(0);
  const under = useSignal<AbortController | undefined>(undefined);
  const stopped = useSignal('');
  const asked = `${attempt.value} ${question}`;
  const first = useRef('');
  const minute = Math.floor(live.now.value / EVERY_MS);
  useEffect(() => {
    if (stopped.value === asked) return undefined;
    const controller = new AbortController();
    // The look once a minute is no event: only what a person asked for can be seen to run.
    if (first.current !== asked) under.value = controller;
    first.current = asked;
    void Promise.all(ask(controller.signal)).then((found) => {
      if (under.value === controller) under.value = undefined;
      if (!controller.signal.aborted) answers.value = found;
    });
    return () => controller.abort();
  }, [asked, minute]);
  const running = under.value;
  return {
    answers: answers.value,
    cancel:
      running &&
      (() => {
        stopped.value = asked;
        running.abort();
      }),
    cancelled: stopped.value === asked,
    again: () => {
      attempt.value++;
      live.start();
    },
  };
}
