import { withAlert } from '../../rules/alerts/burn-reason.ts';
import { withCurrentFigures } from '../../rules/alerts/current-figures.ts';
import { NO_EXCLUSIONS } from '../../rules/exclusions/exclusions-in-force.ts';
import { policyLevels } from '../../rules/gate/budget-policy.ts';
import { type GateRules, gate } from '../../rules/gate/gate.ts';
import { policyOf } from '../../rules/gate/gate-policy.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Alert } from '../model/alerts.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine, RingConfig } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { GateOverride } from '../model/gate.ts';
import type { Release } from '../model/releases.ts';
import type { SloDetail, SloReload, SloStatus } from '../model/slo.ts';
import { type Ms, ms } from '../model/units.ts';
import type { Log } from '../runtime/log.ts';
import type { AlertBook } from './alert-book.ts';
import { backtest } from './backtest.ts';
import { CompositeCounts } from './composite-counts.ts';
import { createDailyHistory } from './daily-history.ts';
import { countableOf, evaluateDetail, evaluateSlos } from './evaluate.ts';
import { EvaluationLoop } from './evaluation-loop.ts';
import type { ExclusionBook } from './exclusion-book.ts';
import { KeptCounts } from './kept-counts.ts';
import type { OverrideBook } from './override-book.ts';
import { english } from './sentences.ts';
import { shownExclusions } from './shown-exclusions.ts';
import { comparedReleases, type Releases, releasesWithin } from './shown-releases.ts';
import { SloBook } from './slo-book.ts';
import type { SloChangeBook } from './slo-change-book.ts';
import { type SloCounting, SloCounts } from './slo-counts.ts';
import { GroupFinder } from './slo-groups.ts';
import type { Evaluation, SloService } from './slo-service.ts';
import { selectorFacts, unmatchedSelectors } from './unmatched-selectors.ts';

export interface SloServiceOptions {
  readonly engine: Engine;
  /** The folder of definitions; it need not be there. */
  readonly folder: string;
  /** A definition whose window outlives them is refused. */
  readonly rings?: RingConfig;
  /** Services found on this machine: those without a definition get a proposal. */
  readonly proposed: readonly string[];
  /** Absent: nothing alerts. */
  readonly alerts?: Pick<AlertBook, 'step'>;
  /** Absent: nobody is let through the gate. */
  readonly overrides?: Pick<OverrideBook, 'active'>;
  /** Absent: nothing was released. */
  readonly releases?: Releases;
  /** Absent: nothing is excluded. */
  readonly exclusions?: Pick<ExclusionBook, 'inForce' | 'all' | 'version'>;
  /** Absent: nobody keeps how definitions change. */
  readonly changes?: Pick<SloChangeBook, 'of' | 'takeUp'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunningSloService extends SloService {
  /** Keeps what is in force, and begins to evaluate every ten seconds, for those who listen. */
  start(): Promise<void>;
  stop(): void;
}

const NO_RELEASES: Releases = { of: () => [], after: () => undefined };

/** Throws `bad_config` with every problem of the SLO files. */
export function createSloService({
  engine,
  folder,
  rings,
  proposed,
  alerts: alertBook,
  overrides,
  exclusions,
  changes,
  releases = NO_RELEASES,
  clock,
  log,
}: SloServiceOptions): RunningSloService {
  const book = new SloBook(folder, proposed, rings);
  const groupFinder = new GroupFinder(engine);
  const events = new SloCounts(engine, { watch: true });
  const counts = countsWithout(events, exclusions);
  const freshCounts = () => countsWithout(new SloCounts(engine), exclusions);
  const history = createDailyHistory(engine, counts, () => exclusions?.version ?? 0);
  const gateRules = (now: Ms): GateRules => rulesOf(book, overrides?.active(now) ?? [], now);
  const observe = async (time: Ms): Promise<Evaluation> => {
    await lookAround(book, engine, groupFinder);
    const statuses = await evaluateSlos(engine, book.slos, time, counts);
    const alerts = (await alertBook?.step(statuses, time))?.map((alert) => asOfNow(alert, statuses)) ?? [];
    const slos = statuses.map((status) => withAlert(status, alertOf(status.id, alerts)));
    const answer = gate(slos, gateRules(time), english);
    return { time, slos, groups: book.groups, alerts, gate: answer, took: ms(clock.now() - time) };
  };
  const loop = new EvaluationLoop(observe, clock, log);
  const takeUp = async () => (await changes?.takeUp(book.written, clock.now())) ?? [];
  const comparison = async (slo: SloDefinition, shown: readonly Release[], knownTo: Ms) => {
    return comparedReleases(counts, await countableOf(engine, slo), shown, { releases, knownTo });
  };

  return {
    current: () => loop.current(),
    refresh: () => loop.refresh(),
    detail: async (id, range) => {
      const slo = book.find(id);
      const { alerts } = await loop.current();
      const figures = await evaluateDetail(engine, slo, clock.now(), range, counts);
      const detail = { ...figures, ...changesOf(slo, changes) };
      const status = withAlert(figures.status, alertOf(id, alerts));
      const excluded = await excludedFrom({ engine, events, exclusions, now: clock.now() }, slo, status);
      const shown = releasesWithin(releases, slo.service, detail.range);
      const released = shown.length === 0 ? {} : { releases: await comparison(slo, shown, ms(status.as_of)) };
      const found = { ...excluded, ...released, ...(await unmatchedOf(engine, [slo])) };
      return { ...detail, status, ...releaseOf(status, gateRules(clock.now())), ...found };
    },
    statusesWith: (inForce) => evaluateSlos(engine, book.slos, clock.now(), countsWithout(events, { inForce })),
    history: async () => history(book.slos, clock.now()),
    counted: () => ({ definitions: book.slos, counts }),
    gate: async (ids, services = []) => {
      const { slos, time } = await loop.current();
      return gate(askedOf(slos, { ids, services }, book), gateRules(time), english);
    },
    compareRelease: async (release) => {
      const concerned = (await loop.current()).slos.filter(({ service }) => service === release.service);
      const compared = concerned.map(async ({ id, objective, as_of }) => {
        const [{ compared } = {}] = await comparison(book.find(id), [release], ms(as_of));
        return { id, objective, ...(compared && { compared }) };
      });
      return Promise.all(compared);
    },
    backtest: (request) => backtest(engine, request, { slos: book.slos, counts: freshCounts, rings }),
    keep: async (id) => {
      const path = book.keep(id);
      await takeUp();
      await loop.refresh();
      return path;
    },
    reload: async () => {
      const answer = reread(book, clock, log);
      const changed = await takeUp();
      await loop.refresh();
      return { ...answer, ...(changed.length > 0 && { changed }), ...(await unmatchedOf(engine, book.written)) };
    },
    selectorFacts: (request) => selectorFacts(engine, request),
    refusedFiles: () => book.refused,
    onEvaluation: (listener) => loop.onEvaluation(listener),
    start: () => takeUp().then(() => loop.start()),
    stop: () => loop.stop(),
  };
}

/** What exclusions leave, of composites by their parts. */
function countsWithout(events: SloCounting, exclusions: Pick<ExclusionBook, 'inForce'> | undefined): SloCounting {
  return new CompositeCounts(new KeptCounts(events, () => exclusions?.inForce ?? NO_EXCLUSIONS));
}

/** Takes up what there is by now: services without a definition, and groups of those that are several. */
async function lookAround(book: SloBook, engine: Engine, finder: GroupFinder): Promise<void> {
  book.propose((await engine.origins()).flatMap(({ service }) => service ?? []));
  book.group(await finder.find(book.written));
}

function rulesOf({ policies, groups }: SloBook, overrides: readonly GateOverride[], now: Ms): GateRules {
  return { now, policies, overrides, groups };
}

/** Throws `bad_config` with every problem of the files. */
function reread(book: SloBook, clock: Clock, log: Log): SloReload {
  book.reload(clock.now());
  if (book.refused !== undefined) {
    const problems = book.refused.problems.join('\n');
    log.error('Cannot take up the SLO files; those read before stay in force.', { error: problems });
    throw new VigieError('bad_config', `cannot take up the SLO files, those read before stay in force:\n${problems}`);
  }
  const proposed = book.slos.filter((slo) => slo.proposed).length;
  const answer = { slos: book.slos.length - proposed, proposed };
  log.info('Took up the SLO files.', answer);
  return answer;
}

interface ExclusionParts {
  readonly engine: Engine;
  readonly exclusions: SloServiceOptions['exclusions'] | undefined;
  readonly events: SloCounting;
  readonly now: Ms;
}

async function excludedFrom(
  { engine, events, exclusions, now }: ExclusionParts,
  definition: SloDefinition,
  status: SloStatus,
): Promise<Pick<SloDetail, 'exclusions'>> {
  if (exclusions === undefined || exclusions.all.length === 0) return {};
  const slo = await countableOf(engine, definition);
  return { exclusions: await shownExclusions(new CompositeCounts(events), slo, status, exclusions.all, now) };
}

/** Selectors that find nothing, when there are any. */
async function unmatchedOf(engine: Engine, slos: readonly SloDefinition[]): Promise<Pick<SloDetail, 'unmatched'>> {
  const unmatched = await unmatchedSelectors(engine, slos);
  return unmatched.length === 0 ? {} : { unmatched };
}

function changesOf(slo: SloDefinition, book: SloServiceOptions['changes']): Pick<SloDetail, 'changes'> {
  const changes = book?.of(slo) ?? [];
  return changes.length === 0 ? {} : { changes };
}

/** What the gate and the error-budget policy say of one SLO. */
function releaseOf(status: SloStatus, rules: GateRules): Pick<SloDetail, 'gate' | 'budget_policy'> {
  const { decision, reasons } = gate([status], rules, english);
  const levels = policyOf(status.service, rules.policies).error_budget_policy;
  return {
    gate: { decision, reasons },
    ...(levels.length > 0 && { budget_policy: policyLevels(levels, status) }),
  };
}

function asOfNow(alert: Alert, statuses: readonly SloStatus[]): Alert {
  const status = statuses.find(({ id }) => id === alert.slo);
  return status === undefined ? alert : withCurrentFigures(alert, status);
}

function alertOf(id: string, alerts: readonly Alert[]): Alert | undefined {
  return alerts.find(({ slo }) => slo === id);
}

interface GateQuestion {
  readonly ids: readonly string[];
  readonly services: readonly string[];
}

/** All when nothing is named. Throws `not_found` for an id that is neither an SLO nor a definition of some, and a service of none. */
function askedOf(slos: readonly SloStatus[], { ids, services }: GateQuestion, book: SloBook): readonly SloStatus[] {
  if (ids.length + services.length === 0) return slos;
  const named = [...ids.flatMap((id) => book.findAll(id)), ...services.flatMap((name) => book.ofService(name))];
  const asked = new Set(named.map(({ id }) => id));
  return slos.filter(({ id }) => asked.has(id));
}
