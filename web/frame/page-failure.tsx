import type { Failure } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import { type PageWords, usePageWords } from '../words/page-words.ts';
import { FailureNotice } from './failure-notice.tsx';

interface PageFailureProps<K extends string> {
  readonly words: PageWords<K>;
  readonly what: K;
  readonly failure: Failure;
  readonly api: Pick<Api, 'signIn'>;
  readonly onRetry: () => void;
}

/** The notice of a page that has words of its own. */
export function PageFailure<K extends string>({ words, what, ...notice }: PageFailureProps<K>) {
  return <FailureNotice {...notice} title={usePageWords(words)(what)} alone={false} />;
}
