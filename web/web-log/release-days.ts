import type { Release } from '../../server/model/releases.ts';
import type { WebLogReport } from '../../server/model/web-log.ts';
import { offsetAt } from '../../server/model/zones.ts';

const DAY_MS = 86_400_000;

/**
 * The releases of the days of a report, newest first, and the same with the times that clocks on the wall showed: its bars are calendar
 * days of its (first) zone, each as wide as the other. Undefined where there are no days, or nobody asked for releases.
 */
export function releasesOfDays(
  releases: readonly Release[] | undefined,
  { days, zones }: Pick<WebLogReport, 'days' | 'zones'>,
) {
  const [first, last] = [days[0], days.at(-1)];
  if (releases === undefined || first === undefined || last === undefined) return undefined;
  const [start, end] = [midnight(first.day), midnight(last.day) + DAY_MS];
  const onWall = (release: Release): Release => ({
    ...release,
    time: release.time + offsetAt(release.time, zones[0]),
  });
  const found = releases.flatMap((release) => {
    const wall = onWall(release);
    return wall.time >= start && wall.time < end ? [{ release, wall }] : [];
  });
  return {
    releases: found.map(({ release }) => release),
    onWall: { releases: found.map(({ wall }) => wall), start, end },
  };
}

/** As if the wall were that of UTC. */
function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
