import type { SystemStatus } from '../../server/model/status.ts';

export interface DropRow {
  /** A component, an origin, or undefined for the store. */
  readonly where: string | undefined;
  readonly reason: string;
  readonly count: number;
}

/**
 * What was dropped, largest first; what was not dropped takes no row. Each line counts once: an origin's count is durable and
 * already holds what the components of its collector dropped, so theirs stand in only while no origin has reported.
 */
export function dropRows({
  components,
  origins,
  store,
}: Pick<SystemStatus, 'components' | 'origins' | 'store'>): DropRow[] {
  const rows = [
    ...(origins.length > 0
      ? origins.flatMap(({ origin, drops }) => rowsOf(origin, drops))
      : components.flatMap(({ id, drops }) => rowsOf(id, drops))),
    ...rowsOf(undefined, store.drops),
  ];
  return rows.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
}

function rowsOf(where: string | undefined, drops: Readonly<Record<string, number>>): DropRow[] {
  return Object.entries(drops).map(([reason, count]) => ({ where, reason, count }));
}
