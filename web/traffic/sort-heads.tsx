import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { COLUMNS, type Column, type InterfaceOrder } from './interface-order.ts';
import { trafficWords } from './words.ts';

interface SortHeadsProps {
  readonly order: InterfaceOrder;
  readonly onSort: (column: Column) => void;
}

const WORDS: ReadonlySet<Column> = new Set(['name', 'spark']);

export function SortHeads({ order, onSort }: SortHeadsProps) {
  const { t } = useSpeech();
  const w = usePageWords(trafficWords);
  return (
    <thead>
      <tr>
        {COLUMNS.map((column) => {
          const sorted = order.column === column;
          const name = w(`column_${column}`);
          return (
            <th
              key={column}
              scope="col"
              class={WORDS.has(column) ? undefined : 'number'}
              aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" title={t('sort_by', { column: name })} onClick={() => onSort(column)}>
                {name}
                <span class="sort-arrow" aria-hidden="true">
                  {sorted ? (order.descending ? '↓' : '↑') : ''}
                </span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
