import type { PositionValue } from '../../server/model/batch.ts';
import type { Positions } from './span.ts';

/**
 * A server keeps one flat map of positions per sink; the sources of a sink share it as `source/key`. Ids of components hold no
 * slash, so the first one separates.
 */
export function toWire(
  source: string,
  positions: Readonly<Record<string, PositionValue | null>>,
): Record<string, PositionValue | null> {
  return Object.fromEntries(Object.entries(positions).map(([key, value]) => [`${source}/${key}`, value]));
}

/** What the server holds, by source. */
export function bySource(wire: Positions): Map<string, Positions> {
  const found = new Map<string, Record<string, PositionValue>>();
  for (const [name, value] of Object.entries(wire)) {
    const slash = name.indexOf('/');
    const source = name.slice(0, slash);
    const own = found.get(source) ?? {};
    own[name.slice(slash + 1)] = value;
    found.set(source, own);
  }
  return found;
}
