import { HIT_FIGURES, type HitFigures } from '../../model/web-log.ts';

/** Figures that are being added up. */
export type Sums = { -readonly [F in keyof HitFigures]: number };

export function noHits(): Sums {
  return { requests: 0, ok: 0, pages: 0, bytes: 0, ok_bytes: 0 };
}

export function addFigures(to: Sums, from: HitFigures): void {
  for (const figure of HIT_FIGURES) to[figure] += from[figure];
}

export function figuresOf({ requests, ok, pages, bytes, ok_bytes }: HitFigures): HitFigures {
  return { requests, ok, pages, bytes, ok_bytes };
}
