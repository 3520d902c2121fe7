import type { SloSource } from '../../server/model/slo.ts';
import { type SourceRow, SourceTable } from '../frame/source-table.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { sloWords } from './words.ts';

/** The sources behind the figures, with how far each is complete. `now`: the server's time, ms. */
export function SloSources({ sources, now }: { readonly sources: readonly SloSource[]; readonly now: number }) {
  const { t } = useSpeech();
  const w = usePageWords(sloWords);
  return (
    <section aria-labelledby="sources">
      <h2 id="sources">{t('sources')}</h2>
      {sources.length === 0 ? <p>{w('sources_slo_none')}</p> : <SourceTable sources={sources.map(rowOf)} now={now} />}
    </section>
  );
}

function rowOf({ complete_to, ...source }: SloSource): SourceRow {
  return { ...source, completeTo: complete_to };
}
