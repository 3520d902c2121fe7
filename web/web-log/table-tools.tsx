import { useSignal } from '@preact/signals';
import { usePageWords } from '../words/page-words.ts';
import { commaSeparated, type HitRow, tabSeparated } from './hit-rows.ts';
import { useWebLogWords } from './use-web-log-words.ts';
import { webLogPageWords } from './words.ts';

interface TableToolsProps {
  readonly title: string;
  readonly name: string;
  readonly rows: readonly HitRow[];
  readonly more?: readonly { readonly name: string }[];
}

/** Takes a table away: into the clipboard, or as a file. */
export function TableTools({ title, name, rows, more = [] }: TableToolsProps) {
  const w = usePageWords(webLogPageWords);
  const say = useWebLogWords();
  const copied = useSignal(false);
  const cells = (): string[][] => [
    [name, say('requests'), say('ok'), say('pages'), say('bytes'), ...more.map((column) => column.name)],
    ...rows.map((row) => [
      row.name,
      ...[row.requests, row.ok, row.pages, row.bytes].map(String),
      ...more.map((_, i) => row.more?.[i] ?? ''),
    ]),
  ];
  return (
    <span class="hit-away">
      {globalThis.navigator?.clipboard !== undefined && (
        <button
          type="button"
          aria-label={w('copy_of', { title })}
          onClick={() => void navigator.clipboard.writeText(tabSeparated(cells())).then(() => (copied.value = true))}
        >
          {w(copied.value ? 'copied' : 'copy')}
        </button>
      )}
      <button
        type="button"
        aria-label={w('csv_of', { title })}
        onClick={() => save(`${title}.csv`, commaSeparated(cells()))}
      >
        {w('csv')}
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
