import { describe, expect, test } from 'vitest';
import { orderTable, type TableOrder, turnedOrder } from '../../web/frame/table-order.ts';

type Column = 'name' | 'size';
const ROWS = [
  { name: 'b', size: 2 },
  { name: 'a10', size: undefined },
  { name: 'a9', size: 10 },
  { name: 'c', size: 2 },
];
const VALUES = { name: (row: (typeof ROWS)[number]) => row.name, size: (row: (typeof ROWS)[number]) => row.size };

describe('the rows of a table', () => {
  const f = (order: TableOrder<Column>, want: string) =>
    test(`by ${order.column}, ${order.descending ? 'down' : 'up'}`, () =>
      expect(
        orderTable(ROWS, VALUES, order)
          .map(({ name }) => name)
          .join(' '),
      ).toBe(want));
  f({ column: 'name', descending: false }, 'a9 a10 b c');
  f({ column: 'name', descending: true }, 'c b a10 a9');
  f({ column: 'size', descending: false }, 'b c a9 a10');
  f({ column: 'size', descending: true }, 'a9 b c a10');
});

test('a second click turns the order round, another column starts anew', () => {
  const once = turnedOrder<Column>({ column: 'size', descending: true }, 'name');
  expect(once).toEqual({ column: 'name', descending: false });
  expect(turnedOrder(once, 'name')).toEqual({ column: 'name', descending: true });
});
