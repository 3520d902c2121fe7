import type { SloSource } from '../../server/model/slo.ts';
import { Age, Moment } from '../frame/moment.tsx';
import { SourceWord } from '../frame/source-word.tsx';
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
      {sources.length === 0 ? (
        <p>{w('sources_slo_none')}</p>
      ) : (
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{t('source')}</th>
              <th scope="col">{t('source_state')}</th>
              <th scope="col">{t('source_complete')}</th>
              <th scope="col" class="number">
                {t('source_age')}
              </th>
              <th scope="col">{t('source_note')}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map(({ origin, state, complete_to, note, retired }) => (
              <tr key={origin}>
                <th scope="row" class="mono">
                  {origin}
                </th>
                <td data-label={t('source_state')}>
                  <SourceWord state={state} retired={retired} completeTo={complete_to} now={now} />
                </td>
                <td data-label={t('source_complete')}>
                  <Moment time={complete_to} />
                </td>
                <td data-label={t('source_age')} class="number">
                  <Age of={complete_to} now={now} />
                </td>
                <td data-label={t('source_note')}>{note ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
