import { SortHead } from '../frame/sort-head.tsx';
import { usePageWords } from '../words/page-words.ts';
import { COLUMNS, type Column, type InterfaceOrder } from './interface-order.ts';
import { trafficWords } from './words.ts';

interface SortHeadsProps {
  readonly order: InterfaceOrder;
  readonly onSort: (column: Column) => void;
}

const WORDS: ReadonlySet<Column> = new Set(['name', 'spark']);

export function SortHeads({ order, onSort }: SortHeadsProps) {
  const w = usePageWords(trafficWords);
  return (
    <thead>
      <tr>
        {COLUMNS.map((column) => (
          <SortHead
            key={column}
            name={w(`column_${column}`)}
            numeric={!WORDS.has(column)}
            sorted={order.column === column ? (order.descending ? 'descending' : 'ascending') : undefined}
            onSort={() => onSort(column)}
          />
        ))}
      </tr>
    </thead>
  );
}
