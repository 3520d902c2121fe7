import type { SourceState } from '../../server/model/batch.ts';
import { LineText } from '../logs/line-text.tsx';
import { useSpeech } from '../words/speech.ts';
import { Age, Moment } from './moment.tsx';
import { SourceWord } from './source-word.tsx';

export interface SourceRow {
  readonly origin: string;
  readonly state?: SourceState | undefined;
  readonly retired?: number | undefined;
  readonly completeTo?: number | undefined;
  readonly heardFrom?: number | undefined;
  readonly newestEvent?: number | undefined;
  readonly note?: string | undefined;
}

interface SourceTableProps {
  readonly sources: readonly SourceRow[];
  /** With the columns of the first word and of the newest event. */
  readonly newest?: boolean;
  /** The server's time, ms. */
  readonly now: number;
}

/** Sources with how far each is complete: the same table wherever they are listed. */
export function SourceTable({ sources, newest = false, now }: SourceTableProps) {
  const { t } = useSpeech();
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{t('source')}</th>
          <th scope="col">{t('source_state')}</th>
          <th scope="col">{t('source_complete')}</th>
          <th scope="col" class="number">
            {t('source_age')}
          </th>
          {newest && <th scope="col">{t('source_heard')}</th>}
          {newest && <th scope="col">{t('source_newest')}</th>}
          <th scope="col">{t('source_note')}</th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ origin, state, retired, completeTo, heardFrom, newestEvent, note }) => (
          <tr key={origin}>
            <th scope="row" class="mono">
              <LineText text={origin} />
            </th>
            <td data-label={t('source_state')}>
              <SourceWord state={state} retired={retired} completeTo={completeTo} now={now} />
            </td>
            <td data-label={t('source_complete')}>
              <Moment time={completeTo} />
            </td>
            <td data-label={t('source_age')} class="number">
              <Age of={completeTo} now={now} />
            </td>
            {newest && (
              <td data-label={t('source_heard')}>{heardFrom === undefined ? '–' : <Moment time={heardFrom} />}</td>
            )}
            {newest && (
              <td data-label={t('source_newest')}>
                <Moment time={newestEvent} />
              </td>
            )}
            <td data-label={t('source_note')}>
              <LineText text={note ?? '–'} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
