/** Where a reader is on the tour. */
export interface TourPlace {
  readonly step: number;
  readonly open: boolean;
}

const KEY = 'vigie.tour';

/** The place this tab remembers, the first step of an open tour without one; never beyond the last step. */
export function recallPlace(storage: () => Storage, steps: number): TourPlace {
  const [step = 0, open = 1] = (recalled(storage) ?? '')
    .split(' ')
    .flatMap((text) => (text === '' ? [] : Number(text)));
  return { step: Number.isInteger(step) ? Math.min(Math.max(0, step), steps - 1) : 0, open: open !== 0 };
}

export function rememberPlace(storage: () => Storage, { step, open }: TourPlace): void {
  try {
    storage().setItem(KEY, `${step} ${open ? 1 : 0}`);
  } catch {
    // Storage may be forbidden: the place then lasts as long as the page.
  }
}

function recalled(storage: () => Storage): string | undefined {
  try {
    return storage().getItem(KEY) ?? undefined;
  } catch {
    // As above.
    return undefined;
  }
}
