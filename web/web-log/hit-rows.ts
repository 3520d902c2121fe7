import type { HitFigures } from '../../server/model/web-log.ts';

/** A row of a table: what it is called, and its figures. */
export interface HitRow extends HitFigures {
  readonly name: string;
  /** Says something about rows, such as that a name is missing: no text of the log. */
  readonly aside?: boolean;
  /** Further columns, as text. */
  readonly more?: readonly string[];
}

export const HIT_COLUMNS = ['name', 'requests', 'ok', 'pages', 'bytes'] as const;
export type HitColumn = (typeof HIT_COLUMNS)[number];

export interface HitOrder {
  readonly column: HitColumn;
  readonly descending: boolean;
}

export const BY_REQUESTS: HitOrder = { column: 'requests', descending: true };

const collator = new Intl.Collator(undefined, { numeric: true });

/** Sorted copy; names decide between equals. */
export function orderRows(rows: readonly HitRow[], { column, descending }: HitOrder): readonly HitRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const byName = collator.compare(a.name, b.name);
    return column === 'name' ? sign * byName : sign * (a[column] - b[column]) || byName;
  });
}

/** Figures are asked for from the top down, names from the beginning. */
export function nextOrder(order: HitOrder, column: HitColumn): HitOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column !== 'name' };
}

/** Those whose name, or a further column, contains the text, upper and lower case alike. */
export function searchRows(rows: readonly HitRow[], text: string): readonly HitRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ name, more = [] }) => [name, ...more].some((one) => one.toLowerCase().includes(wanted)));
}
