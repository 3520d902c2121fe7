import type { ComponentChildren } from 'preact';
import { SortHead } from './sort-head.tsx';
import { type TableOrder, turnedOrder } from './table-order.ts';

interface SortHeadsProps<Column extends string> {
  readonly columns: readonly { readonly column: Column; readonly name: string; readonly numeric?: boolean }[];
  readonly order: TableOrder<Column>;
  readonly onOrder: (order: TableOrder<Column>) => void;
  /** Heads after them, which sort nothing. */
  readonly children?: ComponentChildren;
}

/** The heads of a table, each of which sorts it. */
export function SortHeads<Column extends string>({ columns, order, onOrder, children }: SortHeadsProps<Column>) {
  return (
    <thead>
      <tr>
        {columns.map(({ column, name, numeric = false }) => (
          <SortHead
            key={column}
            name={name}
            numeric={numeric}
            sorted={order.column === column ? (order.descending ? 'descending' : 'ascending') : undefined}
            onSort={() => onOrder(turnedOrder(order, column))}
          />
        ))}
        {children}
      </tr>
    </thead>
  );
}
