import type { RingProfile } from '../../model/rings.ts';
import { ms } from '../../model/units.ts';

/** Rings as JSON, `[[width, span], ...]` in ms: the form of the table `ring_profile`. */
export function ringsText(rings: readonly RingProfile[]): string {
  return JSON.stringify(rings.map(({ width, span }) => [width, span]));
}

/** Undefined: the text is damaged. */
export function ringsOfText(text: string): readonly RingProfile[] | undefined {
  try {
    const rings = JSON.parse(text) as [width: number, span: number][];
    return rings.map(([width, span]) => ({ width: ms(width), span: ms(span) }));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
