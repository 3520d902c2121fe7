import { z } from 'zod';
import { replayStep } from '../../rules/alerts/alert-replay.ts';
import { ringsOf } from '../../rules/figures/held-window.ts';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { readRequest } from '../../rules/files/written-request.ts';
import { backtestRun } from '../../rules/history/backtest.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { BacktestAnswer, BacktestComparison, BacktestRequest, BacktestRun } from '../model/backtest.ts';
import type { Engine, RingConfig, Window } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { alignDown, DEFAULT_RINGS } from '../model/rings.ts';
import { DAY, formatDuration, HOUR, type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { parseSelector } from '../promql/parse.ts';
import { pastCounts } from './alert-history.ts';
import { countableOf } from './evaluate.ts';
import { remarkText } from './slo-book.ts';
import type { Countable, SloCounting } from './slo-counts.ts';
import { GroupFinder, withGroups } from './slo-groups.ts';

const MAX_SLOS = 100;
/** A year in steps of five minutes; the window before it is read too. */
const MAX_STEPS = 106_000;

interface Rules {
  /** In force now. */
  readonly slos: readonly SloDefinition[];
  /** Of the store; absent: the usual ones. */
  readonly rings?: RingConfig | undefined;
  /** Whoever counts for one definition; it may remember what it counted. */
  readonly counts: () => SloCounting;
}

const moment = z
  .int('want ms since the epoch')
  .min(0, 'want ms since the epoch')
  .max(8.64e15, 'want ms since the epoch');

const requestSchema = z.strictObject({
  file: z.string().max(4096).default('file'),
  text: z.string(),
  slos: z.array(z.string()).max(MAX_SLOS).optional(),
  from: moment,
  to: moment,
});

/**
 * Runs the definitions of a file, and those in force under the same ids, over a past the store still holds. Rejects with `bad_request`,
 * `bad_config` (every problem of the file), `not_found` for an id the file lacks, `too_large`.
 */
export async function backtest(
  engine: Engine,
  body: unknown,
  { slos: inForce, counts, rings = { rings: DEFAULT_RINGS, rules: [] } }: Rules,
): Promise<BacktestAnswer> {
  const request = requestOf(body);
  const candidates = await inGroups(engine, candidatesOf(request, inForce));
  const range = { start: ms(request.from), end: ms(request.to) };
  const run = (slo: SloDefinition): Promise<BacktestRun> => {
    const step = replayStep(slo, ringsOf(slo, rings, compileMatcher));
    return runOf(engine, { slo, range, step }, counts());
  };
  const slos: BacktestComparison[] = [];
  for (const candidate of candidates) {
    const current = inForce.find(({ id }) => id === candidate.id);
    slos.push({ id: candidate.id, file: await run(candidate), ...(current && { in_force: await run(current) }) });
  }
  return { from: request.from, to: request.to, slos };
}

function requestOf(body: unknown): BacktestRequest {
  const { slos, ...rest } = readRequest(requestSchema, body, 'backtest');
  if (!(rest.from < rest.to)) {
    throw new VigieError('bad_request', 'cannot backtest: got a range that ends before it begins; want from before to');
  }
  return { ...rest, ...(slos !== undefined && { slos }) };
}

function candidatesOf(
  { file, text, slos: asked = [] }: BacktestRequest,
  inForce: readonly SloDefinition[],
): readonly SloDefinition[] {
  // Parts of composites may stand in other files than the one that is tried.
  const known = inForce.filter(({ proposed }) => !proposed).map((slo) => slo.group?.written ?? slo);
  const { slos, problems } = readSloFiles([{ path: file, text }], parseSelector, undefined, known);
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
  const missing = asked.filter((id) => !slos.some((slo) => slo.id === id));
  if (missing.length > 0) {
    const there = slos.map(({ id }) => id).join(', ') || 'none';
    throw new VigieError('not_found', `cannot find SLO ${missing.join(', ')} in ${file}; there is ${there}`);
  }
  return asked.length === 0 ? slos : slos.filter(({ id }) => asked.includes(id));
}

/** As they would be in force: by the groups that are in the store. */
async function inGroups(engine: Engine, chosen: readonly SloDefinition[]): Promise<readonly SloDefinition[]> {
  const slos = withGroups(chosen, await new GroupFinder(engine).find(chosen));
  if (slos.length <= MAX_SLOS) return slos;
  throw new VigieError('too_large', `cannot backtest ${slos.length} SLOs at once; name at most ${MAX_SLOS}`);
}

interface Replay {
  readonly slo: SloDefinition;
  readonly range: Window;
  readonly step: Ms;
}

async function runOf(
  engine: Engine,
  { slo, range: { start, end }, step }: Replay,
  counts: SloCounting,
): Promise<BacktestRun> {
  const range = { start: alignDown(start, step), end: alignDown(end, step) };
  const wrong = lengthProblem(range, step);
  if (wrong !== undefined) throw new VigieError('bad_request', `cannot backtest ${slo.id}: ${wrong}`);
  const misplaced = misplacedThreshold(await countableOf(engine, slo));
  if (misplaced !== undefined) throw new VigieError('bad_request', `cannot backtest ${slo.id}: ${misplaced}`);
  const past = await pastCounts(engine, { slo, range, step }, counts);
  if (past === undefined) {
    const why = 'the store has no bucket of its histogram; want the name without _bucket, and its labels';
    throw new VigieError('bad_request', `cannot backtest ${slo.id}: ${why}`);
  }
  return backtestRun(past, range);
}

/** Of an SLO or a part of it: what lies between two buckets cannot be counted, and left out it would look as if it had no events. */
function misplacedThreshold({ boundary, parts = [] }: Countable): string | undefined {
  if (boundary?.kind === 'no_boundary') return boundary.message;
  const part = parts.find((one) => one.boundary?.kind === 'no_boundary');
  if (part?.boundary?.kind !== 'no_boundary') return undefined;
  return `of its part ${part.definition.id.replace(/^.*:/, '')}: ${part.boundary.message}`;
}

/** Says what would be right. */
function lengthProblem({ start, end }: Window, step: Ms): string | undefined {
  const [length, most] = [ms(end - start), ms(MAX_STEPS * step)];
  if (length <= most) return undefined;
  const longest = alignDown(most, most > 2 * DAY ? DAY : HOUR);
  const from = new Date(end - longest).toISOString().replace(/\.\d+Z$/, 'Z');
  const got = `got ${formatDuration(length)} in steps of ${formatDuration(step)}`;
  return `${got}; want at most ${formatDuration(longest)}: from ${from} on, or an earlier end`;
}
