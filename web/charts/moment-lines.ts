import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Release } from '../../server/model/releases.ts';
import type { SloDetail } from '../../server/model/slo.ts';
import type { ChartTokens } from './tokens.ts';

/** Longer ones are whole in the table below. */
const MOST_CHARACTERS = 12;

const DASH = [2, 3];

/** More lines than these would be a fence before the data. */
export const MOST_MARKS = 40;

/** Of the width of a chart: a name nearer to the next one than this is left out. */
const NAME_ROOM = { wide: 1 / 10, narrow: 1 / 4 };

interface Moment {
  readonly id: string;
  readonly name: string;
  readonly time: number;
  readonly dash?: number[];
}

type Range = Pick<SloDetail['range'], 'start' | 'end'>;

/** A line of `releaseMoments`. */
export interface PlacedMoment {
  readonly id: string;
  /** 0..1 of the range. */
  readonly share: number;
  /** As it fits on a line. */
  readonly name: string;
  /** Whether there is room for it on a wide chart, and on a narrow one. */
  readonly named: Readonly<Record<keyof typeof NAME_ROOM, boolean>>;
}

/**
 * Where a version went out, and where the definition changed: a thin line to the top, with its name where there is room. That of a change
 * is dashed: nothing happened to the service, and the figures before it are of the present definition too.
 */
export function momentLines(
  { releases = [], changes = [], range }: Pick<SloDetail, 'releases' | 'changes' | 'range'>,
  changed: string,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const released = releases.map(({ id, version, time }) => ({ id: `release ${id}`, name: version, time }));
  const redefined = changes.map(({ time }) => ({ id: `change ${time}`, name: changed, time, dash: DASH }));
  return namedLines([...released, ...redefined], range, tokens);
}

/** Releases on a chart of anything; whose they are is in the table below it. */
export function releaseLines(
  releases: readonly Release[],
  range: Range,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  return namedLines(releases.slice(0, MOST_MARKS).map(releaseMoment), range, tokens);
}

/** The same lines for bars that the page draws itself. */
export function releaseMoments(releases: readonly Release[], range: Range): readonly PlacedMoment[] {
  const shown = within(releases.slice(0, MOST_MARKS).map(releaseMoment), range);
  const [wide, narrow] = [withRoom(shown, range, NAME_ROOM.wide), withRoom(shown, range, NAME_ROOM.narrow)];
  return shown.map(({ id, name, time }) => ({
    id,
    share: (time - range.start) / (range.end - range.start),
    name: shortened(name),
    named: { wide: wide.has(id), narrow: narrow.has(id) },
  }));
}

function releaseMoment({ id, version, time }: Release): Moment {
  return { id: `release ${id}`, name: version, time };
}

function namedLines(moments: readonly Moment[], range: Range, tokens: ChartTokens): Record<string, AnnotationOptions> {
  const shown = within(moments, range);
  const named = withRoom(shown, range, tokens.wide ? NAME_ROOM.wide : NAME_ROOM.narrow);
  const lines = shown.map((moment): [string, AnnotationOptions] => {
    return [moment.id, momentLine(moment, named.has(moment.id) ? shortened(moment.name) : undefined, tokens)];
  });
  return Object.fromEntries(lines);
}

/** Newest first. */
function within(moments: readonly Moment[], { start, end }: Range): readonly Moment[] {
  return moments.filter(({ time }) => time > start && time < end).toSorted((a, b) => b.time - a.time);
}

/** Those whose names have room, the newest first: where two stand close it is the newer one's name that can be read. */
function withRoom(shown: readonly Moment[], { start, end }: Range, share: number): ReadonlySet<string> {
  const room = (end - start) * share;
  const named = new Set<string>();
  let last = Number.POSITIVE_INFINITY;
  for (const { id, time } of shown) {
    if (last - time <= room) continue;
    named.add(id);
    last = time;
  }
  return named;
}

function momentLine({ time, dash }: Moment, name: string | undefined, tokens: ChartTokens): AnnotationOptions {
  return {
    type: 'line',
    xMin: time,
    xMax: time,
    borderColor: tokens.muted,
    borderWidth: 1,
    ...(dash !== undefined && { borderDash: dash }),
    ...(name !== undefined && {
      label: {
        display: true,
        content: name,
        position: 'end',
        color: tokens.text,
        backgroundColor: tokens.background,
        padding: { x: 3, y: 1 },
        font: { size: 11, family: tokens.font },
      },
    }),
  };
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= MOST_CHARACTERS ? name : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
