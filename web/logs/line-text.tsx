import { type Excerpt, type Mark, visibleSegments } from './visible-text.ts';

/** The characters of a line in their order, whatever is in it: nothing hidden, nothing moved. */
export function LineText({ text, marks = [] }: { readonly text: string; readonly marks?: readonly Mark[] }) {
  return (
    <>
      {visibleSegments(text, marks).map(({ kind, text: piece, marked }, i) => {
        const own = kind === 'escape' ? <span class="escape">{piece}</span> : piece;
        return marked ? <mark key={i}>{own}</mark> : <span key={i}>{own}</span>;
      })}
    </>
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
