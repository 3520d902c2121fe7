import { HighlightStyle } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The parts of a query in the colours of the page, light and dark. */
export const promqlColors = HighlightStyle.define([
  { tag: tags.function(tags.variableName), color: 'var(--series-4)' },
  { tag: [tags.operatorKeyword, tags.modifier, tags.logicOperator], color: 'var(--accent)' },
  { tag: tags.labelName, color: 'var(--ok)' },
  { tag: tags.string, color: 'var(--burning)' },
  { tag: tags.number, color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

const FLOATING = {
  backgroundColor: 'var(--background)',
  color: 'var(--text)',
  border: '1px solid var(--hairline)',
  borderRadius: 'var(--radius)',
  boxShadow: '0 4px 16px rgb(0 0 0 / 20%)',
};

export const editorLook: Extension = EditorView.theme({
  '&': { font: '14px ui-monospace, monospace', color: 'var(--text)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '20px' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-selectionBackground, ::selection': { backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', color: 'var(--bad)' },
  '.mistake': { outline: '2px solid var(--bad)', outlineOffset: '-1px' },
  '.mistake-at-end': { borderInlineEnd: '3px solid var(--bad)' },
  '.cm-tooltip': FLOATING,
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxWidth: 'min(700px, 88vw)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--background)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-completionDetail': { color: 'inherit', fontStyle: 'normal', float: 'right', marginInlineStart: '24px' },
  '.cm-tooltip.cm-completionInfo': { fontFamily: 'system-ui, sans-serif', maxWidth: '320px' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderInlineStart: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderInlineStart: '3px solid var(--burning)' },
});
