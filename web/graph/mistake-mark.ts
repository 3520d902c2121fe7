import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Where the server found a mistake, characters from the start; undefined takes the mark away. */
export const setMistake = StateEffect.define<number | undefined>();

const mark = Decoration.mark({ class: 'mistake' });
const END = Decoration.line({ class: 'mistake-at-end' });

/** The character where the server found a mistake. Whoever writes on has read it: the mark goes with the next change. */
export const mistakeMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    const told = transaction.effects.find((effect) => effect.is(setMistake));
    if (told === undefined) return transaction.docChanged ? Decoration.none : marks;
    return told.value === undefined ? Decoration.none : marksAt(told.value, transaction.state.doc.length);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What is missing at the end has no character to mark: the line gets it. */
function marksAt(position: number, length: number): DecorationSet {
  if (position < length) return Decoration.set(mark.range(position, position + 1));
  return Decoration.set(END.range(0));
}
