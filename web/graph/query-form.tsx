import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import { letterOf, MAX_QUERIES, type PageQuery } from './page-queries.ts';
import type { QueryField } from './query-editor.tsx';
import { QueryRow } from './query-row.tsx';
import { graphPageWords } from './words.ts';

interface QueryFormProps {
  readonly queries: readonly PageQuery[];
  /** What is wrong with a query, by its letter. */
  readonly refused: ReadonlyMap<string, Failure>;
  readonly onRun: (queries: readonly PageQuery[]) => void;
  /** Stops what is being asked; absent while nothing is. */
  readonly onCancel: (() => void) | undefined;
}

interface Draft extends PageQuery {
  readonly id: number;
}

/** The queries as they are being written; nothing is asked before they are run. */
export function QueryForm({ queries, refused, onRun, onCancel }: QueryFormProps) {
  const w = usePageWords(graphPageWords);
  const drafts = useSignal<readonly Draft[]>(queries.map((query, id) => ({ ...query, id })));
  const nextId = useRef(queries.length);
  const field = useRef<QueryField>(undefined);
  const run = (next: readonly Draft[]): void => {
    drafts.value = next;
    onRun(next.map(({ text, hidden }) => ({ text: text.trim(), hidden })));
  };
  const changed = (id: number, change: Partial<PageQuery>): readonly Draft[] =>
    drafts.value.map((draft) => (draft.id === id ? { ...draft, ...change } : draft));
  return (
    <form
      class="queries"
      aria-label={w('queries')}
      onSubmit={(event) => {
        event.preventDefault();
        run(drafts.value);
      }}
    >
      {drafts.value.map(({ id, text, hidden }, i) => (
        <QueryRow
          key={id}
          letter={letterOf(i)}
          alone={drafts.value.length === 1}
          text={text}
          asked={queries[i]?.text ?? ''}
          hidden={hidden}
          failure={refused.get(letterOf(i))}
          onText={(next) => (drafts.value = changed(id, { text: next }))}
          onRun={() => run(drafts.value)}
          onToggle={() => run(changed(id, { hidden: !hidden }))}
          onRemove={() => run(drafts.value.filter((draft) => draft.id !== id))}
          onFocus={(focused) => (field.current = focused)}
        />
      ))}
      <div class="query-actions">
        <button type="submit" class="primary">
          {w('run')}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            {w('cancel')}
          </button>
        )}
        {drafts.value.length < MAX_QUERIES && (
          <button
            type="button"
            onClick={() => (drafts.value = [...drafts.value, { id: nextId.current++, text: '', hidden: false }])}
          >
            {w('add')}
          </button>
        )}
        <span class="muted query-keys">{w('keys')}</span>
      </div>
      {queries.every(({ text }) => text === '') && (
        <Examples
          onExample={(text) =>
            run(drafts.value.map((draft, i) => (i === 0 ? { ...draft, id: nextId.current++, text } : draft)))
          }
        />
      )}
    </form>
  );
}

const EXAMPLES = [
  'sum by (service) (rate(http_requests_total[5m]))',
  'rate(host_network_receive_bytes_total[5m]) * 8',
  'host_load1',
];

function Examples({ onExample }: { readonly onExample: (text: string) => void }) {
  const w = usePageWords(graphPageWords);
  return (
    <div class="query-more">
      <p>{w('examples')}</p>
      <ul class="examples">
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button type="button" class="mono" onClick={() => onExample(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
