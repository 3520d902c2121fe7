import { usePageWords } from '../words/page-words.ts';
import { type StatusWord, statusWords } from './words.ts';

type DropKey = StatusWord & `dropped_${string}`;

/** The sentence of a reason code; undefined for a code the pages have no words for, which a newer collector may send. */
export function dropKey(reason: string): DropKey | undefined {
  const key = `dropped_${reason}`;
  return isDropKey(key) ? key : undefined;
}

function isDropKey(key: string): key is DropKey {
  return Object.hasOwn(statusWords.en, key);
}

/** The code as logs and metrics have it, and what it means. */
export function DropReason({ reason }: { readonly reason: string }) {
  const w = usePageWords(statusWords);
  const key = dropKey(reason);
  return (
    <span>
      <code>{reason}</code>
      {key !== undefined && ` ${w(key)}`}
    </span>
  );
}
