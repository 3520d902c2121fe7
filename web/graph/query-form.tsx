import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import { letterOf, MAX_QUERIES, type PageQuery } from './page-queries.ts';
import { QueryRow } from './query-row.tsx';
import { Examples, MetricBrowser, PastQueries } from './query-sources.tsx';
import { useDrafts } from './use-drafts.ts';
import { graphPageWords } from './words.ts';

interface QueryFormProps {
  readonly queries: readonly PageQuery[];
  /** What is wrong with a query, by its letter. */
  readonly refused: ReadonlyMap<string, Failure>;
  readonly onRun: (queries: readonly PageQuery[]) => void;
  /** Stops what is being asked; absent while nothing is. */
  readonly onCancel: (() => void) | undefined;
}

/** The queries as they are being written; nothing is asked before they are run. */
export function QueryForm({ queries, refused, onRun, onCancel }: QueryFormProps) {
  const w = usePageWords(graphPageWords);
  const { drafts, past, ...change } = useDrafts(queries, onRun);
  return (
    <form
      class="queries"
      aria-label={w('queries')}
      onSubmit={(event) => {
        event.preventDefault();
        change.run();
      }}
    >
      {drafts.map(({ id, text, hidden }, i) => (
        <QueryRow
          key={id}
          letter={letterOf(i)}
          alone={drafts.length === 1}
          text={text}
          asked={queries[i]?.text ?? ''}
          hidden={hidden}
          failure={refused.get(letterOf(i))}
          onText={(next) => change.write(id, next)}
          onRun={change.run}
          onToggle={() => change.toggle(id)}
          onRemove={() => change.remove(id)}
          onReady={(field) => change.ready(id, field)}
          onFocus={(field) => change.focused(id, field)}
        />
      ))}
      <QueryActions onCancel={onCancel} onAdd={drafts.length < MAX_QUERIES ? change.add : undefined} />
      {queries.every(({ text }) => text === '') && <Examples onExample={change.runInstead} />}
      <div class="query-sources">
        <MetricBrowser onMetric={change.insert} />
        <PastQueries past={past} onQuery={change.runInstead} onForget={change.forget} />
      </div>
    </form>
  );
}

interface QueryActionsProps extends Pick<QueryFormProps, 'onCancel'> {
  /** Absent when there are as many as there may be. */
  readonly onAdd: (() => void) | undefined;
}

function QueryActions({ onCancel, onAdd }: QueryActionsProps) {
  const w = usePageWords(graphPageWords);
  return (
    <div class="query-actions">
      <button type="submit" class="primary">
        {w('run')}
      </button>
      {onCancel !== undefined && (
        <button type="button" onClick={onCancel}>
          {w('cancel')}
        </button>
      )}
      {onAdd !== undefined && (
        <button type="button" onClick={onAdd}>
          {w('add')}
        </button>
      )}
      <span class="muted">{w('keys')}</span>
    </div>
  );
}
