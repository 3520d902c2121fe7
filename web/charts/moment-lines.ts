import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Release } from '../../server/model/releases.ts';
import type { SloDetail } from '../../server/model/slo.ts';
import type { ChartTokens } from './tokens.ts';

/** Longer ones are whole in the table below. */
const MOST_CHARACTERS = 12;

const DASH = [2, 3];

/** More lines than these would be a fence before the data. */
export const MOST_MARKS = 40;

interface Moment {
  readonly id: string;
  readonly name: string;
  readonly time: number;
  readonly dash?: number[];
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
  range: Pick<SloDetail['range'], 'start' | 'end'>,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const marks = releases.slice(0, MOST_MARKS).map(({ id, version, time }) => ({
    id: `release ${id}`,
    name: version,
    time,
  }));
  return namedLines(marks, range, tokens);
}

function namedLines(
  moments: readonly Moment[],
  range: Pick<SloDetail['range'], 'start' | 'end'>,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const shown = moments
    .filter(({ time }) => time > range.start && time < range.end)
    .toSorted((a, b) => b.time - a.time);
  // Newest first: where two stand close it is the newer one's name that can be read.
  const room = (range.end - range.start) / (tokens.wide ? 10 : 4);
  let named = Infinity;
  const lines = shown.map((moment): [string, AnnotationOptions] => {
    const hasRoom = named - moment.time > room;
    if (hasRoom) named = moment.time;
    return [moment.id, momentLine(moment, hasRoom ? shortened(moment.name) : undefined, tokens)];
  });
  return Object.fromEntries(lines);
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
