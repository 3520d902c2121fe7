import type { TrafficInterface } from '../../server/model/traffic.ts';

export const COLUMNS = ['name', 'spark', 'in', 'out', 'share', 'age'] as const;
export type Column = (typeof COLUMNS)[number];

export interface InterfaceOrder {
  readonly column: Column;
  readonly descending: boolean;
}

export const BY_NAME: InterfaceOrder = { column: 'name', descending: false };

/** The busier direction's share of the capacity; undefined when either is not known. */
export function busyShare({ capacity, in: received, out }: TrafficInterface): number | undefined {
  const rates = [received.current, out.current].filter((rate) => rate !== undefined);
  return capacity === undefined || rates.length === 0 ? undefined : Math.max(...rates) / capacity;
}

const collator = new Intl.Collator(undefined, { numeric: true });

const VALUES: Readonly<Record<Column, (one: TrafficInterface) => number | undefined>> = {
  name: () => 0,
  spark: (one) => Math.max(0, ...one.in.mean.map(Number), ...one.out.mean.map(Number)),
  in: (one) => one.in.current,
  out: (one) => one.out.current,
  share: busyShare,
  age: ({ newest }) => newest && -newest,
};

/** Sorted copy: what has no value stands last in both directions, and names decide between equals. */
export function orderInterfaces(all: readonly TrafficInterface[], { column, descending }: InterfaceOrder) {
  const [value, sign] = [VALUES[column], descending ? -1 : 1];
  return all.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined) || byName(a, b);
    }
    return sign * (left - right) || (column === 'name' ? sign : 1) * byName(a, b);
  });
}

/** Figures are asked for from the top down, names from the beginning. */
export function nextOrder(order: InterfaceOrder, column: Column): InterfaceOrder {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column !== 'name' && column !== 'age' };
}

/** Those whose host or device contains every word of the text. */
export function searchInterfaces(all: readonly TrafficInterface[], text: string): readonly TrafficInterface[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ host, device }) => {
    const name = `${host}\n${device}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

function byName(a: TrafficInterface, b: TrafficInterface): number {
  return collator.compare(a.host, b.host) || collator.compare(a.device, b.device);
}
