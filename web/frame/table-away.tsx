import { useSignal } from '@preact/signals';
import { commaSeparated, tabSeparated } from '../format/separated.ts';
import { useSpeech } from '../words/speech.ts';

interface TableAwayProps {
  readonly title: string;
  /** The heads, then the rows. */
  readonly cells: () => readonly (readonly string[])[];
}

/** Takes a table away: into the clipboard, or as a file. */
export function TableAway({ title, cells }: TableAwayProps) {
  const { t } = useSpeech();
  const copied = useSignal(false);
  return (
    <span class="table-away">
      {globalThis.navigator?.clipboard !== undefined && (
        <button
          type="button"
          aria-label={copied.value ? undefined : t('copy_of', { title })}
          onClick={() => void navigator.clipboard.writeText(tabSeparated(cells())).then(() => (copied.value = true))}
        >
          {t(copied.value ? 'copied' : 'copy')}
        </button>
      )}
      <button
        type="button"
        aria-label={t('csv_of', { title })}
        onClick={() => save(`${title}.csv`, commaSeparated(cells()))}
      >
        {t('csv')}
      </button>
    </span>
  );
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
