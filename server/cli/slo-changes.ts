import type { ChangedKey, SloChange } from '../model/slo-changes.ts';
import { moment, printable } from './terminal.ts';

const WHOSE =
  'All figures of the window are those of the present definition; alerts before it were of the earlier one.';

/** How the definition of an SLO became what it is, newest first; nothing for one that never changed. */
export function changesText(changes: readonly SloChange[] = []): readonly string[] {
  if (changes.length === 0) return [];
  const lines = changes.map(({ time, what }) => `Recomputed on ${moment(time)}: ${what.map(keyText).join(', ')}.`);
  return ['', ...lines.map(printable), WHOSE];
}

function keyText({ key, from = 'not set', to = 'not set' }: ChangedKey): string {
  return `${key} ${from} -> ${to}`;
}

/** The end of the sentence that a reload answers. */
export function changedText(ids: readonly string[] = []): string {
  return ids.length === 0 ? '' : `; computed anew: ${ids.map(printable).join(', ')}`;
}
