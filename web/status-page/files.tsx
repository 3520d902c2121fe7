import type { SystemStatus } from '../../server/model/status.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { fileRows } from './file-rows.ts';
import { statusWords } from './words.ts';

/** The files this process follows: in which format, how far, and what of them is not understood. */
export function Files({ components }: Pick<SystemStatus, 'components'>) {
  const { t, numbers } = useSpeech();
  const w = usePageWords(statusWords);
  const { rows, more } = fileRows(components);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="files">
      <h2 id="files">{w('files')}</h2>
      <p class="muted">{w('files_hint')}</p>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">{w('file')}</th>
            <th scope="col">{t('source_state')}</th>
            <th scope="col">{w('file_format')}</th>
            <th scope="col" class="number">
              {w('file_read')}
            </th>
            <th scope="col">{t('source_note')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, path, state, format, read_bytes, size_bytes, note }) => (
            <tr key={key}>
              <th scope="row" class="mono">
                <LineText text={path} />
              </th>
              <td data-label={t('source_state')}>{w(`file_${state}`)}</td>
              <td data-label={w('file_format')} class="mono">
                {format ?? '–'}
              </td>
              <td data-label={w('file_read')} class="number">
                {w('file_read_of', { read: numbers.bytes(read_bytes), size: numbers.bytes(size_bytes) })}
              </td>
              <td data-label={t('source_note')}>
                <LineText text={note ?? '–'} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p class="muted">{w('files_more', { count: more })}</p>}
    </section>
  );
}
