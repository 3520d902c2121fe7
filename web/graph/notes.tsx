/** What the query engine has to say of an answer: its warnings and infos. */
export function Notes({ notes }: { readonly notes: readonly string[] }) {
  return (
    <>
      {notes.map((note) => (
        <p key={note} class="muted note">
          {note}
        </p>
      ))}
    </>
  );
}
