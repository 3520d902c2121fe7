import type { SloDetail } from '../../server/model/slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { sloWords } from './words.ts';

interface UnmatchedProps {
  readonly detail: Pick<SloDetail, 'unmatched' | 'status'>;
}

/** Below the figures, when a selector of the definition finds nothing; that none of them does is a reason of its state. */
export function UnmatchedNote({ detail: { unmatched = [] } }: UnmatchedProps) {
  const { times } = useSpeech();
  const w = usePageWords(sloWords);
  return (
    <>
      {unmatched.map(
        ({ selector, since }) =>
          since !== undefined && (
            <p key={selector} class="muted">
              {w('unmatched')}{' '}
              <code>
                <LineText text={selector} />
              </code>
              {w('unmatched_since', { moment: times.moment(since) })}
            </p>
          ),
      )}
    </>
  );
}
