import { SLO_STATES, type SloState, type SloStatus } from '../../server/model/slo.ts';
import { bySloValue, hourlyBurn, worstFirst } from '../../server/model/slo-order.ts';

export const COLUMNS = ['state', 'slo', 'owner', 'objective', 'attained', 'budget', 'burn', 'age'] as const;
export type Column = (typeof COLUMNS)[number];

export interface SloOrder {
  readonly column: Column;
  readonly descending: boolean;
}

/** Worst first, which is how the table opens. */
export const WORST_FIRST: SloOrder = { column: 'state', descending: false };

const VALUES: Readonly<Record<Column, (slo: SloStatus) => number | string | undefined>> = {
  state: (slo) => SLO_STATES.indexOf(slo.state),
  slo: (slo) => slo.title,
  owner: (slo) => slo.owner,
  objective: (slo) => slo.objective,
  attained: (slo) => slo.attained,
  budget: (slo) => slo.budget.left_ratio,
  burn: hourlyBurn,
  age: (slo) => -slo.as_of,
};

/** Sorted copy. Rows without a value stand last in both directions; ties fall back to worst first. */
export function orderSlos(slos: readonly SloStatus[], { column, descending }: SloOrder): readonly SloStatus[] {
  const compare = bySloValue(VALUES[column], descending);
  return slos.toSorted((a, b) => compare(a, b) || worstFirst(a, b));
}

/** The order after a click on a column's head: a second click turns it round. */
export function nextOrder(order: SloOrder, column: Column): SloOrder {
  return { column, descending: order.column === column && !order.descending };
}

/** Those whose title, id, service, owner or state contains every word of the text; case and accents do not count. */
export function searchSlos(slos: readonly SloStatus[], text: string, state: (state: SloState) => string) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return slos;
  return slos.filter((slo) => {
    const hay = folded([slo.title, slo.id, slo.service, slo.owner, state(slo.state)].join('\n'));
    return words.every((word) => hay.includes(word));
  });
}

function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
