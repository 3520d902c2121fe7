import type { PositionValue } from '../../server/model/batch.ts';
import type { Positions } from './commit.ts';

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

/** What the server holds of each of `sources`; a source it does not know is at its beginning. */
export function fromWire(wire: Positions, sources: readonly string[]): Map<string, Positions> {
  const found = new Map<string, Record<string, PositionValue>>(sources.map((source) => [source, {}]));
  for (const [name, value] of Object.entries(wire)) {
    const slash = name.indexOf('/');
    const own = found.get(name.slice(0, slash));
    if (own !== undefined) own[name.slice(slash + 1)] = value;
  }
  return found;
}
