import { describe, expect, test } from 'vitest';
import { SLO_STATES } from '../../server/model/slo.ts';
import { nextOrder, orderSlos, type SloOrder, searchSlos, WORST_FIRST } from '../../web/overview/slo-order.ts';
import { STATE_CASES, sloStatus } from './statuses.ts';

const ids = (slos: readonly { readonly id: string }[]): string[] => slos.map(({ id }) => id);

describe('worst first', () => {
  test('states stand in the order of the model', () => {
    const slos = SLO_STATES.toReversed().map((state) => sloStatus({ ...STATE_CASES[state], state, id: state }));
    expect(ids(orderSlos(slos, WORST_FIRST))).toEqual([...SLO_STATES]);
  });

  test('within a state the smaller budget comes first, then the faster burn, then the title', () => {
    const burn = (rate: number) => [{ window_secs: 3600, total: 1, bad: 0, rate }];
    const slos = [
      sloStatus({ id: 'c', bad: 100, burns: burn(1), title: 'b' }),
      sloStatus({ id: 'd', bad: 100, burns: burn(1), title: 'c' }),
      sloStatus({ id: 'b', bad: 100, burns: burn(2), title: 'z' }),
      sloStatus({ id: 'a', bad: 900 }),
    ];
    expect(ids(orderSlos(slos, WORST_FIRST))).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('columns', () => {
  const slos = [
    sloStatus({ id: 'none', total: 0, bad: 0, owner: 'b' }),
    sloStatus({ id: 'low', bad: 900, owner: 'c', as_of: 1 }),
    sloStatus({ id: 'high', bad: 10, owner: 'a' }),
  ];
  const f = (order: SloOrder, want: string[]) =>
    test(`${order.column} ${order.descending ? 'down' : 'up'}`, () =>
      expect(ids(orderSlos(slos, order))).toEqual(want));
  f({ column: 'attained', descending: false }, ['low', 'high', 'none']);
  f({ column: 'attained', descending: true }, ['high', 'low', 'none']);
  f({ column: 'budget', descending: true }, ['high', 'low', 'none']);
  f({ column: 'owner', descending: false }, ['high', 'none', 'low']);
  f({ column: 'owner', descending: true }, ['low', 'none', 'high']);
  f({ column: 'age', descending: true }, ['low', 'high', 'none']);

  test('a second click turns the order round, another column starts anew', () => {
    const once = nextOrder(WORST_FIRST, 'owner');
    expect(once).toEqual({ column: 'owner', descending: false });
    expect(nextOrder(once, 'owner')).toEqual({ column: 'owner', descending: true });
    expect(nextOrder(nextOrder(once, 'owner'), 'state')).toEqual(WORST_FIRST);
  });
});

describe('search', () => {
  const slos = [
    sloStatus({ id: 'one', title: 'Café ouvert', owner: 'team-a' }),
    sloStatus({ id: 'two', title: '(.*', state: 'burning' }),
  ];
  const f = (text: string, want: string[]) =>
    test(JSON.stringify(text), () => expect(ids(searchSlos(slos, text, (state) => state))).toEqual(want));
  f('', ['one', 'two']);
  f('  ', ['one', 'two']);
  f('cafe', ['one']);
  f('CAFÉ team-a', ['one']);
  f('cafe burning', []);
  f('(.*', ['two']);
  f('burning', ['two']);
});
