import type { ExpandTemplate, RuleAlerts } from '../../rules/prometheus/alerting-rule.ts';
import type { LabelledValue } from '../../rules/prometheus/labelled-value.ts';
import { evaluateRule, NO_MEMORY, type RuleMemory } from '../../rules/prometheus/rule-evaluation.ts';
import type { Rule, RuleGroup } from '../../rules/prometheus/rule-file.ts';
import { VigieError } from '../model/errors.ts';
import { type Ms, ms } from '../model/units.ts';
import type { Expr } from '../promql/ast.ts';
import { parse } from '../promql/parse.ts';
import { type QueryLimits, valueAt } from '../promql/query.ts';
import type { Queryable } from '../promql/queryable.ts';
import { metricOf } from '../promql/value.ts';
import type { TestStore } from './test-store.ts';

/** The value of an expression as elements; a scalar is one without labels. Throws VigieError. */
export function elementsOf(source: Queryable, expr: Expr, time: Ms, limits: QueryLimits): readonly LabelledValue[] {
  const value = expr.type === 'matrix' ? undefined : valueAt(source, expr, time, limits);
  if (typeof value === 'number') return [{ labels: {}, value }];
  if (typeof value !== 'object') throw new VigieError('execution', 'rule result is not a vector or scalar');
  return value.map((sample) => ({ labels: metricOf(sample), value: sample.value }));
}

export interface RuleSurroundings {
  readonly store: TestStore;
  readonly limits: QueryLimits;
  /** The templates of a moment. */
  readonly templates: (now: Ms) => ExpandTemplate;
}

/** A rule along the time. */
export class RuleRun {
  readonly rule: Rule;
  readonly #group: RuleGroup;
  readonly #expr: Expr;
  readonly #surroundings: RuleSurroundings;
  #memory: RuleMemory = NO_MEMORY;

  constructor(rule: Rule, group: RuleGroup, surroundings: RuleSurroundings) {
    this.rule = rule;
    this.#group = group;
    this.#expr = parse(rule.expr);
    this.#surroundings = surroundings;
  }

  get alerts(): RuleAlerts {
    return this.#memory.alerts;
  }

  /** Throws VigieError `execution`; what was written before then stays as it is. */
  evaluate(now: Ms): void {
    const { store, limits, templates } = this.#surroundings;
    const { limit, query_offset } = this.#group;
    const at = ms(now - query_offset);
    const results = elementsOf(store, this.#expr, at, limits);
    const work = { rule: this.rule, limit, expand: templates(now) };
    const { memory, values, problem } = evaluateRule(work, this.#memory, results, now);
    this.#memory = memory;
    if (problem !== undefined) throw problem;
    store.append(values, at);
  }
}
