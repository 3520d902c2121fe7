import { stringify } from 'yaml';
import { type ChangedKey, MOST_CHANGES, type SloChange } from '../../server/model/slo-changes.ts';
import type { Ms } from '../../server/model/units.ts';
import { printIndicator } from '../files/print-indicator.ts';
import { writtenEntry } from '../files/print-slo.ts';
import { isRecord } from '../files/yaml-file.ts';
import type { SloDefinition } from '../slo-definition.ts';

/**
 * A change of an SLO is told from what its definition says as a file, so that it can be kept as JSON and every key has the words of the
 * file. Defaults are not written: an objective that changes is one change, not one of `minimum_events` too.
 */
export type DecidingEntry = Readonly<Record<string, unknown>>;

/** What is kept of an SLO: the definition in force, and how it came to it. */
export interface SloRecord {
  readonly entry: DecidingEntry;
  /** Newest first, at most MOST_CHANGES. */
  readonly changes: readonly SloChange[];
}

/** Names and alerts decide no figure. Whatever else a definition says does, also what a later version of it says. */
const NO_FIGURE: ReadonlySet<string> = new Set(['id', 'title', 'service', 'owner', 'labels', 'alerts']);

/** A longer value is cut: it is for people, the whole one is in the definition. */
const MOST_CHARACTERS = 300;

/** What of a definition decides the figures of its SLO, as JSON can hold it. */
export function decidingEntry(definition: SloDefinition): DecidingEntry {
  const own = Object.entries(writtenEntry(definition)).filter(([key]) => !NO_FIGURE.has(key));
  return Object.fromEntries([...own, ...partEntries(definition)]);
}

/** Of a composite also what its parts measure. */
function partEntries({ indicator }: SloDefinition): readonly (readonly [string, unknown])[] {
  if (indicator.kind !== 'composite') return [];
  return indicator.parts.map(({ slo, definition }) => [`part ${slo}`, printIndicator(definition.indicator)]);
}

/** The keys whose values differ, in the order of the files; maps are compared key by key, whatever their order. */
export function changedKeys(from: DecidingEntry, to: DecidingEntry, above = ''): readonly ChangedKey[] {
  const keys = [...new Set([...Object.keys(to), ...Object.keys(from)])];
  return keys.flatMap((key): readonly ChangedKey[] => {
    const [old, present] = [from[key], to[key]];
    if (isRecord(old) && isRecord(present)) return changedKeys(old, present, `${above}${key}.`);
    if (JSON.stringify(old) === JSON.stringify(present)) return [];
    return [
      {
        key: above + key,
        ...(old !== undefined && { from: shownValue(old) }),
        ...(present !== undefined && { to: shownValue(present) }),
      },
    ];
  });
}

/** What to keep once a definition is in force: `known` itself where it decides the same figures, without a change at the first sight. */
export function nextRecord(known: SloRecord | undefined, definition: SloDefinition, now: Ms): SloRecord {
  const entry = decidingEntry(definition);
  if (known === undefined) return { entry, changes: [] };
  const what = changedKeys(known.entry, entry);
  if (what.length === 0) return known;
  const change: SloChange = { slo: definition.id, time: now, what };
  return { entry, changes: [change, ...known.changes].slice(0, MOST_CHANGES) };
}

/** On one line; cut between characters. */
function shownValue(value: unknown): string {
  const text =
    typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
  const characters = [...text];
  return characters.length <= MOST_CHARACTERS ? text : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
