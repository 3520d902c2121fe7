import { got } from './written-value.ts';
import { type FileRemark, isRecord, type Path, type Place, unknownKey } from './yaml-file.ts';

/**
 * Several objectives of one definition, each with its own window, sharing everything else:
 *
 *     - id: shop                                      shop-99-30d
 *       service: shop                                 shop-quarter
 *       objectives:
 *         - {objective: 99%, window: 30d}
 *         - {objective: 99.9%, window: {calendar: quarter}, id: quarter, alerts: none}
 *       availability: {...}
 *
 * Each is an SLO of its own, whose id is that of the definition and its own. Without one of its own it is told apart by what it
 * promises, so an id changes only with the promise, not with its place in the list.
 */
export const OWN_KEYS: readonly string[] = ['objective', 'window', 'id', 'title', 'minimum_events', 'alerts'];
export const MAX_OBJECTIVES = 10;

/** A definition of one objective, as if it stood in the file, and where its parts do. */
export interface WrittenSlo {
  readonly raw: unknown;
  readonly place: Place;
  /** Keys of which nothing is told: why they are missing is told already. */
  readonly untold?: readonly string[];
}

export interface WrittenSlos {
  readonly slos: readonly WrittenSlo[];
  readonly problems: readonly FileRemark[];
}

/** What stands at `at`, by objective. A definition without `objectives` is itself. */
export function splitObjectives(raw: unknown, at: Path, place: Place): WrittenSlos {
  if (!isRecord(raw) || !('objectives' in raw)) return { slos: [{ raw, place }], problems: [] };
  const { objectives, objective: _objective, window: _window, ...shared } = raw;
  const here: Path = [...at, 'objectives'];
  const both = ['objective', 'window'].filter((key) => key in raw);
  const twice = both.map((key) => place([...at, key], `got both ${key} and objectives; want one of them`));
  const sharedAlone: WrittenSlo = { raw: shared, place, untold: ['objective', 'window'] };
  if (!Array.isArray(objectives) || objectives.length === 0 || objectives.length > MAX_OBJECTIVES) {
    const want = `objectives: want a list of 1 to ${MAX_OBJECTIVES} such as {objective: 99.9%, window: 30d}`;
    return { slos: [sharedAlone], problems: [...twice, place(here, want)] };
  }
  const problems = objectives.flatMap((one, i) => ownProblems(one, [...here, i], place));
  const slos = objectives.flatMap((own, i): readonly WrittenSlo[] => {
    if (!isRecord(own)) return [];
    const known = Object.fromEntries(Object.entries(own).filter(([key]) => OWN_KEYS.includes(key)));
    return [{ raw: { ...shared, ...known, id: idOf(shared.id, own) }, place: placeOf(own, at, [...here, i], place) }];
  });
  return { slos: slos.length === 0 ? [sharedAlone] : slos, problems: [...twice, ...problems] };
}

function ownProblems(one: unknown, at: Path, place: Place): readonly FileRemark[] {
  if (!isRecord(one)) return [place(at, 'want an objective such as {objective: 99.9%, window: 30d}')];
  const unknown = Object.keys(one).filter((key) => !OWN_KEYS.includes(key));
  const problems = unknown.map((key) => place([...at, key], unknownKey(key, OWN_KEYS)));
  if (one.id === undefined || typeof one.id === 'string') return problems;
  return [...problems, place([...at, 'id'], `id: ${got(one.id, 'what is added to the id, such as "contract"')}`)];
}

/** `shop-99-9-30d`, `shop-99-month`: what is not fit for an id is a hyphen. */
function idOf(id: unknown, { id: own, objective, window }: Readonly<Record<string, unknown>>): unknown {
  if (typeof id !== 'string') return id;
  if (typeof own === 'string') return `${id}-${own}`;
  const period = isRecord(window) ? window.calendar : window;
  return `${id}-${String(objective)} ${String(period)}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
}

/** A remark about what an objective says itself stands there, any other where it is shared. */
function placeOf(own: Readonly<Record<string, unknown>>, shared: Path, at: Path, place: Place): Place {
  return (path, message, offset) => {
    const [key, ...rest] = path.slice(shared.length);
    const isOwn = key !== undefined && (String(key) in own || key === 'objective' || key === 'window');
    return place(isOwn ? [...at, key, ...rest] : path, message, offset);
  };
}
