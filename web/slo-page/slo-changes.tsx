import type { SloDetail } from '../../server/model/slo.ts';
import type { ChangedKey, SloChange } from '../../server/model/slo-changes.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { changeWords } from './change-words.ts';

interface ChangesProps {
  readonly detail: Pick<SloDetail, 'changes' | 'status'>;
}

/** Below the figures, when part of their window was counted by another definition at its time. */
export function RecomputedNote({ detail: { changes = [], status } }: ChangesProps) {
  const { times } = useSpeech();
  const w = usePageWords(changeWords);
  const [newest] = changes;
  if (newest === undefined || newest.time <= status.window.start) return null;
  return (
    <p class="muted">
      {w('recomputed_note', { moment: times.moment(newest.time) })} <a href="#changes">{w('see')}</a>
    </p>
  );
}

/** How the definition became what it is, newest first. None: nothing to show. */
export function SloChanges({ detail: { changes = [] } }: ChangesProps) {
  const w = usePageWords(changeWords);
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">{w('title')}</h2>
      <p class="muted">{w('note')}</p>
      <ul class="changes wrapped">
        {changes.map((change, i) => (
          <Change key={`${change.time} ${i}`} change={change} />
        ))}
      </ul>
    </section>
  );
}

function Change({ change: { time, what } }: { readonly change: SloChange }) {
  const { times } = useSpeech();
  const w = usePageWords(changeWords);
  return (
    <li>
      {w('recomputed', { moment: times.moment(time) })}{' '}
      {what.map((changed, i) => (
        <Changed key={changed.key} changed={changed} isLast={i === what.length - 1} />
      ))}
    </li>
  );
}

/** The words of the file, in every language. */
function Changed({ changed: { key, from, to }, isLast }: { readonly changed: ChangedKey; readonly isLast: boolean }) {
  const w = usePageWords(changeWords);
  const written = (text: string | undefined) => (text === undefined ? w('not_set') : <Code text={text} />);
  return (
    <>
      <Code text={key} /> {written(from)} → {written(to)}
      {isLast ? '.' : ', '}
    </>
  );
}

function Code({ text }: { readonly text: string }) {
  return (
    <code>
      <LineText text={text} />
    </code>
  );
}
