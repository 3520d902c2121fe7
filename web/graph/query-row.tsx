import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import { QueryEditor, type QueryField } from './query-editor.tsx';
import { errorPlace } from './query-error.ts';
import { graphPageWords } from './words.ts';

interface QueryRowProps {
  readonly letter: string;
  /** The only query: it needs no letter, and cannot go. */
  readonly alone: boolean;
  readonly text: string;
  /** The text that was asked last, which `failure` is about. */
  readonly asked: string;
  readonly hidden: boolean;
  readonly failure: Failure | undefined;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
  readonly onToggle: () => void;
  readonly onRemove: () => void;
  readonly onReady: (field: QueryField) => void;
  readonly onFocus: (field: QueryField) => void;
}

/** A query, whether it is shown, and what is wrong with it at the place where it is wrong. */
export function QueryRow(props: QueryRowProps) {
  const { letter, alone, text, asked, hidden, failure, onText, onRun, onReady, onFocus } = props;
  const w = usePageWords(graphPageWords);
  const place = failure && errorPlace(asked, failure.message);
  const errorId = failure && `query-error-${letter}`;
  return (
    <div class="query">
      <span class="query-letter" aria-hidden="true">
        {letter}
      </span>
      <QueryEditor
        label={w('query_of', { letter })}
        text={text}
        errorId={errorId}
        mistake={place?.position}
        onText={onText}
        onRun={onRun}
        onReady={onReady}
        onFocus={onFocus}
      />
      {!alone && <RowButtons {...props} />}
      {hidden && <p class="muted query-error">{w('hidden')}</p>}
      {failure !== undefined && (
        <div id={errorId} class="query-error" role="alert">
          <p>{failure.message}</p>
          {place !== undefined && (
            <pre aria-hidden="true">
              {place.line}
              {'\n'}
              {' '.repeat(place.column)}^
            </pre>
          )}
        </div>
      )}
    </div>
  );
}

function RowButtons({ letter, hidden, onToggle, onRemove }: QueryRowProps) {
  const w = usePageWords(graphPageWords);
  return (
    <>
      <button type="button" aria-pressed={!hidden} aria-label={w('show_query', { letter })} onClick={onToggle}>
        {w('show')}
      </button>
      <button type="button" aria-label={w('remove_query', { letter })} onClick={onRemove}>
        {w('remove')}
      </button>
    </>
  );
}
