import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useServices } from '../frame/services.ts';
import type { PromqlEditor } from './promql-editor.ts';

/** What other parts of the page may do to a query that is being written. */
export type QueryField = Pick<PromqlEditor, 'insert' | 'focus'>;

interface QueryEditorProps {
  /** What a screen reader calls it. */
  readonly label: string;
  /** What it begins with; another text from outside takes a field of its own. */
  readonly text: string;
  /** Of the sentence that says what is wrong; undefined: nothing is. */
  readonly errorId: string | undefined;
  /** Where it is wrong, characters from the start. */
  readonly mistake: number | undefined;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
  /** The editor is there. */
  readonly onReady: (field: QueryField) => void;
  /** The person writes here now. */
  readonly onFocus: (field: QueryField) => void;
}

/** A plain field at once, which becomes an editor with colours and completion when that code is there. */
export function QueryEditor(props: QueryEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const ready = useEditor(props, host);
  return (
    <div class="query-field">
      <div ref={host} class="query-editor" hidden={!ready} />
      {!ready && <PlainField {...props} />}
    </div>
  );
}

function PlainField({ label, text, errorId, onText, onRun, onFocus }: QueryEditorProps) {
  return (
    <textarea
      class="mono"
      rows={Math.max(1, text.split('\n').length)}
      value={text}
      aria-label={label}
      aria-invalid={errorId !== undefined}
      aria-describedby={errorId}
      spellcheck={false}
      autocomplete="off"
      autocapitalize="off"
      onInput={(event) => onText(event.currentTarget.value)}
      onFocus={({ currentTarget }) => onFocus(fieldOf(currentTarget))}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        onRun();
      }}
    />
  );
}

function fieldOf(area: HTMLTextAreaElement): QueryField {
  return {
    focus: () => area.focus(),
    insert: (part) => {
      area.setRangeText(part, area.selectionStart, area.selectionEnd, 'end');
      area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    },
  };
}

/** Puts the editor into its host once its code is here. From then on the text is the editor's: the page only hears of it. */
function useEditor(props: QueryEditorProps, host: { readonly current: HTMLDivElement | null }): boolean {
  const { api } = useServices();
  const editor = useRef<PromqlEditor>(undefined);
  const newest = useRef(props);
  newest.current = props;
  const ready = useSignal(false);
  useEffect(() => {
    let gone = false;
    const start = async (): Promise<void> => {
      const code = await import('./promql-editor.ts').catch(() => undefined);
      // Without that code, a server being replaced say, the plain field stays.
      if (code === undefined || gone || host.current === null) return;
      const { text, label } = newest.current;
      const created: PromqlEditor = code.createPromqlEditor({
        host: host.current,
        text,
        label,
        api,
        onText: (next) => newest.current.onText(next),
        onRun: () => newest.current.onRun(),
        onFocus: () => newest.current.onFocus(created),
      });
      const writing = host.current.parentElement?.contains(document.activeElement);
      editor.current = created;
      newest.current.onReady(created);
      ready.value = true;
      if (writing) queueMicrotask(() => created.focus());
    };
    void start();
    return () => {
      gone = true;
      editor.current?.destroy();
    };
  }, [api, host, ready]);
  useEffect(() => editor.current?.setMistake(props.mistake), [props.mistake, props.errorId, ready.value]);
  return ready.value;
}
