import { usePageWords } from '../words/page-words.ts';
import { sloWords } from './words.ts';

/** The server knows no SLO of this id: a mistyped address, or one that was removed. */
export function NoSuchSlo({ id }: { readonly id: string }) {
  const w = usePageWords(sloWords);
  return (
    <>
      <h1 class="title">{w('slo_not_found')}</h1>
      <p>{w('slo_not_found_why', { id })}</p>
      <p>
        <a href="/">{w('slo_not_found_next')}</a>
      </p>
    </>
  );
}
