import type { CollectorConfig } from './config.ts';
import { Followers } from './followers.ts';
import { createCensus } from './sources/file/census.ts';
import { idKey } from './sources/file/identity.ts';
import type { TopologyProblem } from './topology-check.ts';

/** Files that are there and that the patterns of two sources match: their lines count in both. */
export function followWarnings({ sources }: CollectorConfig): TopologyProblem[] {
  const followers = new Followers();
  return Object.entries(sources).flatMap(([id, source]) => {
    if (source.type !== 'file') return [];
    const { files } = createCensus(source.include, source.exclude)(new Set());
    const matched = files.filter((found) => found.matched).map((found) => [idKey(found.id), found.path] as const);
    return followers.follow(id, new Map(matched)).map(({ path, by }) => ({
      path: ['sources', id, 'include'],
      message: `${path} is followed by ${JSON.stringify(by)}, too: its lines count in both; exclude it in one of them`,
    }));
  });
}
