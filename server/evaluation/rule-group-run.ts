import { restoredAlert } from '../../rules/prometheus/alert-restoration.ts';
import { evaluationTime, missedEvaluations } from '../../rules/prometheus/evaluation-times.ts';
import { labelsKey } from '../../rules/prometheus/labelled-value.ts';
import {
  endMarks,
  evaluateRule,
  memoryOf,
  NO_MEMORY,
  type RuleMemory,
} from '../../rules/prometheus/rule-evaluation.ts';
import type { Rule, RuleGroup } from '../../rules/prometheus/rule-file.ts';
import type { ReadTemplate } from '../../rules/prometheus/template/expand.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { messageOf } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import { digestOf } from '../runtime/digest.ts';
import type { Log } from '../runtime/log.ts';
import type { RuleAlertBook } from './rule-alert-book.ts';
import { elementsAt, withTemplates } from './rule-answers.ts';

/** A rule without `limit` has no more alerts than this: whatever else it is, that is a mistake in the rule. */
const MAX_ALERTS = 1000;

export interface GroupParts {
  readonly engine: Pick<Engine, 'queryInstant' | 'record'>;
  readonly alerts: RuleAlertBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly readTemplate: ReadTemplate;
  readonly externalUrl: string;
}

/** A rule of a group at work. */
export interface RuleRun {
  readonly id: string;
  readonly rule: Rule;
  readonly memory: RuleMemory;
  readonly health: 'unknown' | 'ok' | 'err';
  readonly lastError?: string;
  readonly lastEvaluation?: Ms;
  readonly took: Ms;
}

/** Counts of a group since the process started. */
export interface GroupCounts {
  readonly evaluations: number;
  /** Evaluations left out, because the one before took longer than the interval or the process stood still. */
  readonly missed: number;
  /** Evaluations of single rules. */
  readonly failures: number;
}

/**
 * A group of rules along the time. Its rules are evaluated one after the other at one moment, each seeing what those before it wrote:
 *
 *     expression --> results --> evaluateRule --> values --> store
 *                                    |
 *                                    +--> alerts --> RuleAlertBook --> messages
 */
export class GroupRun {
  readonly group: RuleGroup;
  /** Names the group among all, and the origin of what it writes. */
  readonly key: string;
  readonly interval: Ms;
  readonly #parts: GroupParts;
  #rules: readonly RuleRun[];
  #counts: GroupCounts = { evaluations: 0, missed: 0, failures: 0 };
  #last: Ms;
  #lag = ms(0);
  #took = ms(0);
  #turn: Promise<void> | undefined;
  #stopped = false;

  /** The first evaluation is the next one that is due. */
  constructor(group: RuleGroup, interval: Ms, parts: GroupParts) {
    this.group = group;
    this.key = groupKey(group);
    this.interval = interval;
    this.#parts = parts;
    this.#rules = identified(group).map(({ id, rule }) => {
      return { id, rule, memory: NO_MEMORY, health: 'unknown', took: ms(0) };
    });
    this.#last = this.#timeAt(parts.clock.now());
  }

  get rules(): readonly RuleRun[] {
    return this.#rules;
  }

  get counts(): GroupCounts {
    return this.#counts;
  }

  /** Of the last evaluation: how long it took, and how long after its moment it was done. */
  get pace(): { readonly time: Ms | undefined; readonly took: Ms; readonly lag: Ms } {
    return { time: this.#counts.evaluations === 0 ? undefined : this.#last, took: this.#took, lag: this.#lag };
  }

  /** Goes on with the alerts a process before this one had, whose last evaluation was at `stopped`. */
  restore(stopped: Ms | undefined): void {
    const outage = { start: stopped, end: this.#parts.clock.now() };
    this.#rules = this.#rules.map((run) => {
      const { rule } = run;
      if (rule.kind !== 'alerting') return run;
      const saved = this.#parts.alerts.alertsOf(run.id).flatMap((alert) => restoredAlert(rule, alert, outage) ?? []);
      return { ...run, memory: memoryOf(new Map(saved.map((alert) => [labelsKey(alert.labels), alert]))) };
    });
  }

  /** Takes over what the rules of a former version knew that are still here. */
  inherit(former: GroupRun): void {
    const known = new Map(former.rules.map(({ id, memory }) => [id, memory]));
    this.#rules = this.#rules.map((run) => ({ ...run, memory: known.get(run.id) ?? NO_MEMORY }));
    this.#counts = former.#counts;
  }

  isDue(now: Ms): boolean {
    return this.#turn === undefined && !this.#stopped && this.#timeAt(now) !== this.#last;
  }

  /** Evaluates the rules at the newest moment that is due. What goes wrong with one of them is its own. */
  async evaluate(): Promise<void> {
    if (!this.isDue(this.#parts.clock.now())) return;
    this.#turn = this.#evaluate();
    await this.#turn;
    this.#turn = undefined;
  }

  /** Ends after the rule that is being evaluated. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turn;
  }

  /** Ends the series of those rules that are not among `kept`. */
  async end(kept: ReadonlySet<string>): Promise<void> {
    const { engine, clock, log } = this.#parts;
    const values = this.#rules.filter(({ id }) => !kept.has(id)).flatMap(({ memory }) => endMarks(memory));
    if (values.length === 0) return;
    const time = clock.now();
    await engine.record({ source: this.key, time, values }, time).catch((error: unknown) => {
      log.warn('Cannot end the series of rules that are gone; they fade.', {
        group: this.key,
        error: messageOf(error),
      });
    });
  }

  async #evaluate(): Promise<void> {
    const { clock } = this.#parts;
    const began = clock.now();
    const time = this.#timeAt(began);
    const missed = missedEvaluations(this.#last, time, this.interval);
    this.#last = time;
    for (let i = 0; i < this.#rules.length && !this.#stopped; i++) await this.#evaluateRule(i, time);
    const { evaluations, missed: before, failures } = this.#counts;
    this.#counts = { evaluations: evaluations + 1, missed: before + missed, failures };
    this.#took = ms(clock.now() - began);
    this.#lag = ms(clock.now() - time);
  }

  async #evaluateRule(i: number, time: Ms): Promise<void> {
    const { clock, log } = this.#parts;
    const run = this.#rules[i] as RuleRun;
    const began = clock.now();
    const { lastError: _, ...known } = run;
    let next: RuleRun = { ...known, health: 'ok' };
    try {
      const { memory, problem } = await this.#step(run, time);
      next = { ...next, memory };
      if (problem !== undefined) throw problem;
    } catch (error) {
      const lastError = messageOf(error);
      next = { ...next, health: 'err', lastError };
      this.#counts = { ...this.#counts, failures: this.#counts.failures + 1 };
      if (run.lastError !== lastError)
        log.warn('Cannot evaluate a rule.', { rule: run.rule.name, group: this.key, error: lastError });
    }
    this.#rules = this.#rules.with(i, { ...next, lastEvaluation: time, took: ms(clock.now() - began) });
  }

  /** What the rule writes is on disk before its alerts are told, so that a graph shows what a message is about. */
  async #step(
    { id, rule, memory }: RuleRun,
    time: Ms,
  ): Promise<{ readonly memory: RuleMemory; readonly problem?: Error }> {
    const { engine, alerts, clock, readTemplate, externalUrl } = this.#parts;
    const { file, name, limit, query_offset } = this.group;
    const asked = ms(time - query_offset);
    const results = await elementsAt(engine, rule.expr, asked);
    const bound = rule.kind === 'alerting' && limit === 0 ? MAX_ALERTS : limit;
    const step = await withTemplates({ engine, read: readTemplate, now: time, externalUrl }, (expand) =>
      evaluateRule({ rule, limit: bound, expand }, memory, results, time),
    );
    const failed = await this.#record(step.values, asked);
    if (rule.kind === 'alerting') {
      alerts.move({ id, rule: rule.name, group: name, file }, step.memory.alerts, clock.now());
      await alerts.save();
    }
    const problem = step.problem ?? failed;
    return { memory: step.memory, ...(problem !== undefined && { problem }) };
  }

  /** A store that takes nothing silences no alert. */
  async #record(values: ReturnType<typeof endMarks>, time: Ms): Promise<Error | undefined> {
    if (values.length === 0) return undefined;
    const { engine, clock } = this.#parts;
    return engine.record({ source: this.key, time, values }, clock.now()).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(messageOf(error))),
    );
  }

  #timeAt(now: Ms): Ms {
    return evaluationTime(this.key, this.interval, now);
  }
}

function groupKey({ file, name }: RuleGroup): string {
  return `${file};${name}`;
}

/** A rule is the same as long as its kind, name and labels are: its alerts outlive a change of its threshold. */
function identified(group: RuleGroup): readonly { readonly id: string; readonly rule: Rule }[] {
  const seen = new Map<string, number>();
  return group.rules.map((rule) => {
    const identity = JSON.stringify([groupKey(group), rule.kind, rule.name, Object.entries(rule.labels).sort()]);
    const nth = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, nth);
    return { id: digestOf(Buffer.from(`${identity}${nth}`)).slice(0, 32), rule };
  });
}
