import { eventsOf, talliesOf } from '../../rules/figures/counted-events.ts';
import { comparedWindows, spanFigures } from '../../rules/history/release.ts';
import type { Window } from '../model/engine.ts';
import type { Release, ShownRelease } from '../model/releases.ts';
import { type Ms, ms } from '../model/units.ts';
import type { ReleaseBook } from './release-book.ts';
import type { Countable, SloCounting } from './slo-counts.ts';

/** More are a row of trees in front of the lines. */
const MOST_SHOWN = 20;

export type Releases = Pick<ReleaseBook, 'of' | 'after'>;

/** The newest releases of the service of an SLO within a range, newest first, each with the figures before and after it. */
export function releasesWithin(
  releases: Releases,
  service: string,
  { start, end }: { readonly start: number; readonly end: number },
): readonly Release[] {
  return releases
    .of(service)
    .filter(({ time }) => time > start && time <= end)
    .slice(0, MOST_SHOWN);
}

/** What an SLO counted before and after each release; without figures where nothing is known of the time after it, or nothing is counted. */
export async function comparedReleases(
  counts: SloCounting,
  slo: Countable,
  shown: readonly Release[],
  { releases, knownTo }: { readonly releases: Releases; readonly knownTo: Ms },
): Promise<readonly ShownRelease[]> {
  const pairs = shown.map((release) => comparedWindows(ms(release.time), knownTo, nextOf(releases, release)));
  const [columns = []] = await counts.count([{ ...slo, windows: pairs.flatMap((pair) => pair ?? []) }]);
  const tallies = talliesOf(columns);
  let next = 0;
  const figures = (window: Window) => {
    const tally = tallies[next];
    next++;
    if (tally === undefined) return undefined;
    return spanFigures(eventsOf(slo.definition, tally), window, slo.definition.objective);
  };
  return shown.map((release, i) => {
    const [before, after] = pairs[i] ?? [];
    if (before === undefined || after === undefined) return release;
    const compared = { before: figures(before), after: figures(after) };
    if (compared.before === undefined || compared.after === undefined) return release;
    const span_secs = (after.end - after.start) / 1000;
    return { ...release, compared: { span_secs, before: compared.before, after: compared.after } };
  });
}

function nextOf(releases: Releases, release: Release): Ms | undefined {
  const next = releases.after(release);
  return next === undefined ? undefined : ms(next);
}
