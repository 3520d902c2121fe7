import { z } from 'zod';
import { nearestWord } from '../../server/model/nearest-word.ts';
import { LATE_POLICIES, type LatePolicy } from '../../server/model/slo-part.ts';
import { got } from '../files/written-value.ts';
import { type FileRemark, isRecord, type Path, type Place } from '../files/yaml-file.ts';
import type { SloDefinition } from '../slo-definition.ts';
import type { SloWindow } from '../slo-window.ts';
import type { CompositeIndicator, CompositePart } from './composite.ts';

const MOST_PARTS = 20;
const DEFAULT_LATE: LatePolicy = 'wait';

const late = z
  .enum(LATE_POLICIES, { error: (issue) => got(issue.input, 'wait, ignore, bad or good') })
  .meta({ description: 'what a part counts as that has not told for five minutes; wait unless told' })
  .optional();

const part = z.strictObject(
  {
    slo: z.string({ error: (issue) => got(issue.input, 'the id of another SLO') }).meta({ description: 'its id' }),
    weight: z
      .number({ error: (issue) => got(issue.input, 'a number above 0, such as 5') })
      .gt(0, 'want a number above 0, such as 5')
      .max(1e6, 'want at most 1000000')
      .meta({ description: 'against the weights of the other parts' }),
    late,
  },
  { error: (issue) => (issue.code === 'invalid_type' ? got(issue.input, '{slo: cart, weight: 5}') : undefined) },
);

const WANT_PARTS = 'a list of {slo: cart, weight: 5}';

/** The key of an SLO that is made of others. */
export const compositeSchema = z
  .strictObject(
    {
      parts: z
        .array(part, { error: (issue) => got(issue.input, WANT_PARTS) })
        .min(2, `want at least two parts, ${WANT_PARTS}`)
        .max(MOST_PARTS, `want at most ${MOST_PARTS} parts`),
      late,
    },
    {
      error: (issue) => (issue.code === 'invalid_type' ? got(issue.input, `a map of parts: ${WANT_PARTS}`) : undefined),
    },
  )
  .meta({ description: 'the weighted mean of what other SLOs measure' })
  .optional();

export const COMPOSITE_KEYS: Readonly<Record<string, readonly string[]>> = {
  composite: ['parts', 'late'],
  'composite.parts': ['slo', 'weight', 'late'],
};

/** What a shape cannot say. */
export function compositeProblems(
  raw: Readonly<Record<string, unknown>>,
  at: Path,
  place: Place,
): readonly FileRemark[] {
  const { composite } = raw;
  if (composite === undefined) return [];
  const problems = ['slices', 'group_by']
    .filter((key) => key in raw)
    .map((key) => place([...at, key], `got ${key} beside composite, whose parts have their own; leave it out`));
  const parts: readonly unknown[] = isRecord(composite) && Array.isArray(composite.parts) ? composite.parts : [];
  const ids = parts.map((one) => (isRecord(one) ? one.slo : undefined));
  for (const [i, id] of ids.entries()) {
    if (typeof id !== 'string' || !ids.slice(0, i).includes(id)) continue;
    problems.push(
      place([...at, 'composite', 'parts', i, 'slo'], `got ${JSON.stringify(id)} twice; want each part once`),
    );
  }
  return problems;
}

/** A composite as it was read from its file, before its parts are known. */
export interface UnlinkedComposite {
  readonly id: string;
  readonly written: { readonly parts: readonly WrittenPart[]; readonly late?: LatePolicy | undefined };
  /** Some parts cannot be read. */
  readonly isTorn: boolean;
  readonly at: Path;
  readonly place: Place;
}

interface WrittenPart extends z.output<typeof part> {
  /** Its place among the parts as they are written. */
  readonly index: number;
}

/** What can be read of a composite, if an entry is one. */
export function unlinkedComposite(
  { composite }: Readonly<Record<string, unknown>>,
  id: string,
  at: Path,
  place: Place,
): UnlinkedComposite | undefined {
  if (!isRecord(composite) || !Array.isArray(composite.parts)) return undefined;
  const parts = composite.parts.flatMap((raw: unknown, index) => {
    const slo = isRecord(raw) && typeof raw.slo === 'string' ? raw.slo : undefined;
    const read = part.safeParse(raw).data ?? (slo === undefined ? undefined : { slo, weight: 1 });
    return read === undefined ? [] : [{ ...read, index }];
  });
  const { data } = compositeSchema.safeParse(composite);
  return { id, written: { parts, late: data?.late }, isTorn: data === undefined, at, place };
}

/** The SLOs that parts are looked for among. */
export interface KnownSlos {
  readonly definitions: ReadonlyMap<string, SloDefinition>;
  /** Composites by id, with the ids of their parts. */
  readonly composites: ReadonlyMap<string, readonly string[]>;
  /** Written with mistakes, which are told elsewhere. */
  readonly broken: ReadonlySet<string>;
}

/** The parts of a composite, counted over the window of `slo`, or why they cannot be. */
export function linkedComposite(
  { id, written, isTorn, at, place }: UnlinkedComposite,
  slo: Pick<SloDefinition, 'window'> | undefined,
  known: KnownSlos,
): { readonly indicator?: CompositeIndicator; readonly problems: readonly FileRemark[] } {
  const parts: CompositePart[] = [];
  const problems: FileRemark[] = [];
  let isBroken = isTorn;
  for (const { slo: of, weight, late = written.late ?? DEFAULT_LATE, index } of written.parts) {
    const found = known.definitions.get(of);
    const cause = partProblem(id, of, known);
    if (cause !== undefined) problems.push(place([...at, 'composite', 'parts', index, 'slo'], cause));
    else if (found === undefined || slo === undefined) isBroken = true;
    else parts.push({ slo: of, weight, late, ...countedPart(found, id, slo.window) });
  }
  return { problems, ...(problems.length === 0 && !isBroken && { indicator: { kind: 'composite', parts } }) };
}

/** The events of all groups are those of the definition without them. */
function countedPart({ group_by, ...slo }: SloDefinition, composite: string, window: SloWindow) {
  const definition = { ...slo, id: `${composite}:${slo.id}`, window };
  return { definition, ...(group_by !== undefined && { grouped: true as const }) };
}

function partProblem(id: string, part: string, { definitions, composites, broken }: KnownSlos): string | undefined {
  if (part === id) return `got ${JSON.stringify(part)}, the composite itself; want another SLO`;
  if (composites.has(part)) {
    const way = wayBack(id, part, composites);
    if (way !== undefined) return `got ${JSON.stringify(part)}, which leads back: ${way.join(' -> ')}; want no circle`;
    const own = (composites.get(part) ?? []).join(', ');
    return `got ${JSON.stringify(part)}, a composite itself, whose late parts and weights would hide in one figure; want its parts: ${own}`;
  }
  if (definitions.has(part) || broken.has(part)) return undefined;
  const near = nearestWord(
    part,
    [...definitions.keys(), ...broken].filter((one) => one !== id && !composites.has(one)),
  );
  const grouped = [...definitions.values()].find(({ id: of, group_by }) => group_by && part.startsWith(`${of}-`));
  if (near === undefined && grouped !== undefined) {
    return `got ${JSON.stringify(part)}, which may be a group of ${grouped.id}; want ${grouped.id}, all of its groups together`;
  }
  const hint =
    near === undefined
      ? 'want the id of an SLO of the files; one that is proposed has to be kept first'
      : `did you mean ${JSON.stringify(near)}?`;
  return `got ${JSON.stringify(part)}, which no file defines; ${hint}`;
}

/** From a composite through one of its parts back to itself. */
function wayBack(
  id: string,
  part: string,
  composites: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (way: readonly string[], at: string): readonly string[] | undefined => {
    if (at === id) return [...way, at];
    if (seen.has(at)) return undefined;
    seen.add(at);
    for (const next of composites.get(at) ?? []) {
      const found = walk([...way, at], next);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk([id], part);
}

/** As it is written; a policy that all parts have is said once. */
export function printComposite({ parts }: CompositeIndicator) {
  const [first] = parts;
  const shared = parts.every(({ late }) => late === first?.late) ? first?.late : undefined;
  const written = parts.map(({ slo, weight, late }) => {
    const own = shared === undefined && late !== DEFAULT_LATE;
    return { slo, weight, ...(own && { late }) };
  });
  return { parts: written, ...(shared !== undefined && shared !== DEFAULT_LATE && { late: shared }) };
}
