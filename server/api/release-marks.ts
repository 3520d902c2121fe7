import type { ReleaseService } from '../evaluation/release-service.ts';
import type { Release } from '../model/releases.ts';
import { invalid } from './params.ts';

export type KnownReleases = Pick<ReleaseService, 'list'> | undefined;

/** The parameters of a picture or a saved page. */
interface WantedMarks {
  /** `1`, as in the address of a page; absent: none. */
  readonly releases: string | null | undefined;
  /** Whose; absent: all. */
  readonly service: string | null | undefined;
}

/** The releases to mark on a chart of the range, newest first; nothing where nobody asked for them. */
export function releaseMarks(
  { releases: wanted, service }: WantedMarks,
  known: KnownReleases,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly releases?: readonly Release[] } {
  if (wanted === undefined || wanted === null) return {};
  if (wanted !== '1') throw invalid('releases', `got ${JSON.stringify(wanted)}; want 1, or nothing at all`);
  const { releases } = known?.list(service ?? undefined) ?? { releases: [] };
  return { releases: releases.filter(({ time }) => time > start && time < end) };
}
