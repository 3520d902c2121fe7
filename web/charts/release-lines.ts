import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import type { SloDetail } from '../../server/model/slo.ts';
import type { ChartTokens } from './tokens.ts';

/** Longer ones are whole in the table below. */
const MOST_CHARACTERS = 12;

/** Where a version went out: a thin line to the top, with its name where there is room. */
export function releaseLines(
  { releases = [], range }: Pick<SloDetail, 'releases' | 'range'>,
  tokens: ChartTokens,
): Record<string, AnnotationOptions> {
  const shown = releases.filter(({ time }) => time > range.start && time < range.end);
  // Newest first: where two stand close it is the newer one's name that can be read.
  const room = (range.end - range.start) / (tokens.wide ? 10 : 4);
  let named = Infinity;
  const lines = shown.map(({ id, version, time }): [string, AnnotationOptions] => {
    const hasRoom = named - time > room;
    if (hasRoom) named = time;
    return [`release ${id}`, releaseLine(time, hasRoom ? shortened(version) : undefined, tokens)];
  });
  return Object.fromEntries(lines);
}

function releaseLine(time: number, name: string | undefined, tokens: ChartTokens): AnnotationOptions {
  return {
    type: 'line',
    xMin: time,
    xMax: time,
    borderColor: tokens.muted,
    borderWidth: 1,
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

function shortened(version: string): string {
  const characters = [...version];
  return characters.length <= MOST_CHARACTERS ? version : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
