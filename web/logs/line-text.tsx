import { type Excerpt, type Mark, visibleSegments } from './visible-text.ts';

/** The characters of a line in their order, whatever is in it: nothing hidden, nothing moved. One element: it may stand in a grid. */
export function LineText({ text, marks = [] }: { readonly text: string; readonly marks?: readonly Mark[] }) {
  return (
    <span>
      {visibleSegments(text, marks).map(({ kind, text: piece, marked }, i) => {
        const own = kind === 'escape' ? <span class="escape">{piece}</span> : piece;
        return marked ? <mark key={i}>{own}</mark> : own;
      })}
    </span>
  );
}

export function ExcerptText({ of }: { readonly of: Excerpt }) {
  return (
    <>
      {of.cutBefore && '…'}
      <LineText text={of.text} marks={of.marks} />
      {of.cutAfter && '…'}
    </>
  );
}
