/** How a table is sorted: by one of its columns. */
export interface TableOrder<Column extends string> {
  readonly column: Column;
  readonly descending: boolean;
}

/** What a row is sorted by, of each column; undefined: it has no such value. */
export type ColumnValues<Column extends string, Row> = Readonly<
  Record<Column, (row: Row) => number | string | undefined>
>;

const collator = new Intl.Collator(undefined, { numeric: true });

/** Sorted copy. Rows without a value stand last in both directions, and equals keep their order. */
export function orderTable<Column extends string, Row>(
  rows: readonly Row[],
  values: ColumnValues<Column, Row>,
  { column, descending }: TableOrder<Column>,
): readonly Row[] {
  const value = values[column];
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return (descending ? -1 : 1) * compare(left, right);
  });
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

/** The order after a click on a column's head: a second click turns it round. */
export function turnedOrder<Column extends string>(order: TableOrder<Column>, column: Column): TableOrder<Column> {
  return { column, descending: order.column === column && !order.descending };
}
