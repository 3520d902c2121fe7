import { en, type WordKey } from '../words/en.ts';
import { useSpeech } from '../words/speech.ts';

type DropKey = WordKey & `dropped_${string}`;

/** The sentence of a reason code; undefined for a code the pages have no words for, which a newer collector may send. */
export function dropKey(reason: string): DropKey | undefined {
  const key = `dropped_${reason}`;
  return isDropKey(key) ? key : undefined;
}

function isDropKey(key: string): key is DropKey {
  return Object.hasOwn(en, key);
}

/** The code as logs and metrics have it, and what it means. */
export function DropReason({ reason }: { readonly reason: string }) {
  const { t } = useSpeech();
  const key = dropKey(reason);
  return (
    <>
      <code>{reason}</code>
      {key !== undefined && ` ${t(key)}`}
    </>
  );
}
