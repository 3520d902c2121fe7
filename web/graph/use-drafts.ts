import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { askedQueries, type PageQuery } from './page-queries.ts';
import type { QueryField } from './query-editor.tsx';
import { type QueryHistory, recallHistory, rememberHistory, withRun } from './query-history.ts';

/** A query as it is being written. Its number stays with its field, whatever comes and goes before it. */
interface Draft extends PageQuery {
  readonly id: number;
}

/** The queries as they are being written, and those that were run before. `onRun` gets all of them whenever something is to be asked. */
export function useDrafts(queries: readonly PageQuery[], onRun: (queries: readonly PageQuery[]) => void) {
  const drafts = useSignal<readonly Draft[]>(queries.map((query, id) => ({ ...query, id })));
  const nextId = useRef(queries.length);
  const { past, ran, forget } = usePast();
  const { written, ready, focused, gone } = useFields();
  const run = (next: readonly Draft[]): void => {
    drafts.value = next;
    const asked = next.map(({ text, hidden }) => ({ text: text.trim(), hidden }));
    ran(askedQueries(asked).map(({ text }) => text));
    onRun(asked);
  };
  const changed = (id: number, change: (draft: Draft) => Draft): readonly Draft[] =>
    drafts.value.map((draft) => (draft.id === id ? change(draft) : draft));
  return {
    drafts: drafts.value,
    past,
    forget,
    ready,
    focused,
    run: () => run(drafts.value),
    write: (id: number, text: string): void => {
      drafts.value = changed(id, (draft) => ({ ...draft, text }));
    },
    toggle: (id: number) => run(changed(id, (draft) => ({ ...draft, hidden: !draft.hidden }))),
    add: (): void => {
      drafts.value = [...drafts.value, { id: nextId.current++, text: '', hidden: false }];
    },
    remove: (id: number): void => {
      gone(id);
      run(drafts.value.filter((draft) => draft.id !== id));
    },
    /** Another text, in a field of its own, for the query that was written in last. */
    runInstead: (text: string): void => {
      const [id, at] = [nextId.current++, written(drafts.value)?.id ?? drafts.value[0]?.id ?? 0];
      gone(at);
      run(changed(at, (draft) => ({ ...draft, id, text })));
    },
    /** Writes at the cursor of the query that was written in last. */
    insert: (part: string): void => {
      const field = written(drafts.value)?.field;
      field?.insert(part);
      field?.focus();
    },
  };
}

/** Which field the person writes in. */
function useFields() {
  const fields = useRef(new Map<number, QueryField>());
  const last = useRef<number>(undefined);
  return {
    /** The field that was written in last, or the first. */
    written: (drafts: readonly Draft[]): { readonly id: number; readonly field: QueryField } | undefined => {
      const id = last.current ?? drafts[0]?.id ?? 0;
      const field = fields.current.get(id);
      return field && { id, field };
    },
    ready: (id: number, field: QueryField): void => void fields.current.set(id, field),
    focused: (id: number, field: QueryField): void => {
      fields.current.set(id, field);
      last.current = id;
    },
    gone: (id: number): void => {
      fields.current.delete(id);
      if (last.current === id) last.current = undefined;
    },
  };
}

function usePast() {
  const past = useSignal<QueryHistory>(useMemo(recallHistory, []));
  const keep = (next: QueryHistory): void => {
    past.value = next;
    rememberHistory(next);
  };
  return {
    past: past.value,
    ran: (texts: readonly string[]) => keep(withRun(past.value, texts)),
    forget: () => keep([]),
  };
}
