import { useSignal } from '@preact/signals';
import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import { errorPlace } from './query-error.ts';
import { graphPageWords } from './words.ts';

interface QueryFormProps {
  readonly query: string;
  readonly failure: Failure | undefined;
  readonly onQuery: (query: string) => void;
}

/** The expression, and what is wrong with it under the place where it is wrong. */
export function QueryForm({ query, failure, onQuery }: QueryFormProps) {
  const w = usePageWords(graphPageWords);
  const text = useSignal(query);
  return (
    <form
      class="query"
      onSubmit={(event) => {
        event.preventDefault();
        onQuery(text.value.trim());
      }}
    >
      <label for="query">{w('query')}</label>
      <input
        id="query"
        class="mono"
        type="text"
        value={query}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-invalid={failure !== undefined}
        aria-describedby={failure === undefined ? undefined : 'query-error'}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="primary">
        {w('draw')}
      </button>
      {failure !== undefined && <QueryError query={query} message={failure.message} />}
    </form>
  );
}

function QueryError({ query, message }: { readonly query: string; readonly message: string }) {
  const place = errorPlace(query, message);
  return (
    <div id="query-error" class="query-error" role="alert">
      <p>{message}</p>
      {place !== undefined && (
        <pre aria-hidden="true">
          {place.line}
          {'\n'}
          {' '.repeat(place.column)}^
        </pre>
      )}
    </div>
  );
}
