import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap } from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';

import type { Api } from '../api/client.ts';
import { completionSource } from './completion-source.ts';
import { mistakeMark, setMistake } from './mistake-mark.ts';
import { editorLook, promqlColors } from './promql-look.ts';

/**
 * The editor of a query: colours, completion, and marks where the grammar or the server found something wrong. A chunk of its own.
 *
 * It lives in a shadow root: there its styles are adopted sheets, which the content security policy lets pass, while in the
 * document they would be `style` elements, which it refuses. The page's colours reach it as custom properties.
 */
export interface PromqlEditor {
  /** Writes at the cursor, over what is selected. */
  insert(text: string): void;
  /** Marks a place, characters from the start, until the next change; undefined: nothing is wrong. */
  setMistake(position: number | undefined): void;
  focus(): void;
  destroy(): void;
}

interface PromqlEditorOptions {
  readonly host: HTMLElement;
  readonly text: string;
  /** What a screen reader calls it. */
  readonly label: string;
  /** Where what completes a query is asked for. */
  readonly api: Pick<Api, 'ask'>;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
  readonly onFocus: () => void;
}

export function createPromqlEditor(options: PromqlEditorOptions): PromqlEditor {
  const { host, text } = options;
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const promql = new PromQLExtension().setComplete({ remote: completionSource(options.api) });
  const view = new EditorView({
    root: shadow,
    parent: shadow,
    state: EditorState.create({ doc: text, extensions: [extensionsOf(options), promql.asExtension()] }),
  });
  return {
    insert: (part) => view.dispatch(view.state.replaceSelection(part)),
    setMistake: (position) => view.dispatch({ effects: setMistake.of(position) }),
    focus: () => view.focus(),
    destroy: () => {
      view.destroy();
      promql.destroy();
    },
  };
}

function extensionsOf({ label, onText, onRun, onFocus }: PromqlEditorOptions): Extension {
  const run = (): boolean => {
    onRun();
    return true;
  };
  return [
    history(),
    closeBrackets(),
    bracketMatching(),
    highlightSpecialChars(),
    EditorView.lineWrapping,
    autocompletion({ icons: false }),
    mistakeMark,
    syntaxHighlighting(promqlColors),
    editorLook,
    // Enter chooses from an open list first; Tab is left to the browser, so that the keyboard gets out again.
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run },
        { key: 'Ctrl-Enter', run },
      ]),
    ),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      { key: 'Shift-Enter', run: insertNewline },
      { key: 'Enter', run },
      ...defaultKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onText(update.state.doc.toString());
      if (update.focusChanged && update.view.hasFocus) onFocus();
    }),
  ];
}
