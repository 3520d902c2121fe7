import { useSpeech } from '../words/speech.ts';

interface SortHeadProps {
  readonly name: string;
  /** Numbers stand right, and so do their heads. */
  readonly numeric: boolean;
  /** Which way the table is sorted by it; undefined: by another column. */
  readonly sorted: 'ascending' | 'descending' | undefined;
  onSort(): void;
}

/** The head of a column that sorts its table. */
export function SortHead({ name, numeric, sorted, onSort }: SortHeadProps) {
  const { t } = useSpeech();
  return (
    <th scope="col" class={numeric ? 'number' : undefined} aria-sort={sorted ?? 'none'}>
      <button type="button" title={t('sort_by', { column: name })} onClick={onSort}>
        {name}
        <span class="sort-arrow" aria-hidden="true">
          {sorted === undefined ? '' : sorted === 'descending' ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}
