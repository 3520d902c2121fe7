import type { RuleGroup } from '../../rules/prometheus/rule-file.ts';
import { rememberTemplates } from '../../rules/prometheus/template/expand.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import type { RefusedSloFiles } from '../model/status.ts';
import type { Ms } from '../model/units.ts';
import type { Log } from '../runtime/log.ts';
import type { RuleAlertBook } from './rule-alert-book.ts';
import { type GroupParts, GroupRun } from './rule-group-run.ts';
import type { RuleFiles, RuleService } from './rule-service.ts';
import { remarkText } from './slo-book.ts';

export interface RuleServiceOptions {
  readonly engine: Pick<Engine, 'queryInstant' | 'record' | 'origins' | 'forgetOrigins'>;
  /** Reads the files anew. */
  readonly read: () => RuleFiles;
  /** Of groups that name none. */
  readonly interval: Ms;
  readonly alerts: RuleAlertBook;
  /** What links in templates begin with. */
  readonly externalUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunningRuleService extends RuleService {
  /** Evaluates the groups that are due; resolves when none is under way. */
  tick(): Promise<void>;
  /** Begins to look every second which groups are due. */
  start(): void;
  stop(): Promise<void>;
}

const TICK_MS = 1000;
/** Groups evaluated at the same time; the engine answers their queries beside those of people. */
const PARALLEL = 4;
/** The collector of the origins that groups write under. */
const RULES = 'rules';

/** Reads the files and goes on where the last process stopped. Throws `bad_config` with every problem of the files. */
export async function createRuleService(options: RuleServiceOptions): Promise<RunningRuleService> {
  const { groups, problems } = options.read();
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
  const service = new RuleLoop(options);
  await service.begin(groups);
  return service;
}

class RuleLoop implements RunningRuleService {
  readonly #options: RuleServiceOptions;
  readonly #parts: GroupParts;
  readonly #due = new Set<GroupRun>();
  #runs: readonly GroupRun[] = [];
  #workers = 0;
  #refused: RefusedSloFiles | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RuleServiceOptions) {
    this.#options = options;
    this.#parts = { ...options, readTemplate: rememberTemplates() };
  }

  async begin(groups: readonly RuleGroup[]): Promise<void> {
    const origins = await this.#options.engine.origins();
    const written = new Map(
      origins.filter(({ collector }) => collector === RULES).map(({ source, newestEvent }) => [source, newestEvent]),
    );
    this.#runs = groups.map((group) => this.#newRun(group));
    for (const run of this.#runs) run.restore(written.get(run.key));
    await this.#endOthers();
    await this.#forget([...written.keys()]);
  }

  groups(): readonly GroupRun[] {
    return this.#runs;
  }

  alerts() {
    return this.#options.alerts.current(this.#options.clock.now());
  }

  refusedFiles(): RefusedSloFiles | undefined {
    return this.#refused;
  }

  async reload(): Promise<number> {
    const { clock, log, read } = this.#options;
    const { groups, problems } = read();
    this.#refused = problems.length === 0 ? undefined : { time: clock.now(), problems: problems.map(remarkText) };
    if (this.#refused !== undefined) {
      const text = this.#refused.problems.join('\n');
      log.error('Cannot take up the rule files; those read before stay in force.', { error: text });
      throw new VigieError('bad_config', `cannot take up the rule files, those read before stay in force:\n${text}`);
    }
    await this.#replace(groups);
    log.info('Took up the rule files.', { groups: groups.length });
    return groups.length;
  }

  async tick(): Promise<void> {
    const now = this.#options.clock.now();
    for (const run of this.#runs) if (run.isDue(now)) this.#due.add(run);
    await Promise.all(Array.from({ length: Math.max(0, PARALLEL - this.#workers) }, () => this.#work()));
  }

  start(): void {
    const { log } = this.#options;
    this.#timer ??= setInterval(() => {
      this.tick().catch((error: unknown) => log.error('Cannot evaluate the rules.', { error: messageOf(error) }));
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#due.clear();
    await Promise.all(this.#runs.map((run) => run.stop()));
  }

  async #work(): Promise<void> {
    this.#workers++;
    try {
      for (const run of this.#due) {
        this.#due.delete(run);
        await run.evaluate();
      }
    } finally {
      this.#workers--;
    }
  }

  async #replace(groups: readonly RuleGroup[]): Promise<void> {
    const before = new Map(this.#runs.map((run) => [run.key, run]));
    const runs = groups.map((group) => {
      const run = this.#newRun(group);
      const known = before.get(run.key);
      return known !== undefined && JSON.stringify(known.group) === JSON.stringify(group) ? known : run;
    });
    const gone = this.#runs.filter((run) => !runs.includes(run));
    await Promise.all(gone.map((run) => run.stop()));
    for (const run of runs) {
      const former = before.get(run.key);
      if (former !== undefined && former !== run) run.inherit(former);
    }
    this.#runs = runs;
    const kept = new Set(runs.flatMap(({ rules }) => rules.map(({ id }) => id)));
    await Promise.all(gone.map((run) => run.end(kept)));
    await this.#endOthers();
    await this.#forget(gone.map(({ key }) => key));
  }

  /** Nobody waits for a group that is gone. */
  async #forget(keys: readonly string[]): Promise<void> {
    const known = new Set(this.#runs.map(({ key }) => key));
    for (const key of keys) if (!known.has(key)) await this.#options.engine.forgetOrigins(RULES, key);
  }

  /** The alerts of rules that are gone. */
  async #endOthers(): Promise<void> {
    const { alerts, clock } = this.#options;
    alerts.keepOnly(new Set(this.#runs.flatMap(({ rules }) => rules.map(({ id }) => id))), clock.now());
    await alerts.save();
  }

  #newRun(group: RuleGroup): GroupRun {
    const { interval } = group;
    const every = interval === undefined || interval === 0 ? this.#options.interval : interval;
    return new GroupRun(group, every, this.#parts);
  }
}
