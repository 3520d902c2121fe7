import {
  alertSeries,
  type ExpandTemplate,
  evaluateAlerts,
  type RuleAlerts,
} from '../../rules/prometheus/alerting-rule.ts';
import { type LabelledValue, labelsKey } from '../../rules/prometheus/labelled-value.ts';
import { recordedValues } from '../../rules/prometheus/recording-rule.ts';
import type { AlertingRule, Rule, RuleGroup } from '../../rules/prometheus/rule-file.ts';
import { VigieError } from '../model/errors.ts';
import type { Labels } from '../model/labels.ts';
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

/** A rule along the time: evaluates, writes what comes out, and marks what came out before and does not any more. */
export class RuleRun {
  readonly rule: Rule;
  readonly #group: RuleGroup;
  readonly #expr: Expr;
  readonly #surroundings: RuleSurroundings;
  #alerts: RuleAlerts = new Map();
  #written: ReadonlyMap<string, Labels> = new Map();

  constructor(rule: Rule, group: RuleGroup, surroundings: RuleSurroundings) {
    this.rule = rule;
    this.#group = group;
    this.#expr = parse(rule.expr);
    this.#surroundings = surroundings;
  }

  get alerts(): RuleAlerts {
    return this.#alerts;
  }

  /** Throws VigieError `execution`; what was written before then stays as it is. */
  evaluate(now: Ms): void {
    const { store, limits } = this.#surroundings;
    const at = ms(now - this.#group.query_offset);
    const results = elementsOf(store, this.#expr, at, limits);
    const { rule, limit } = { rule: this.rule, limit: this.#group.limit };
    const values = rule.kind === 'recording' ? recordedValues(rule, limit, results) : this.#alert(rule, results, now);
    const written = new Map(values.map(({ labels }) => [labelsKey(labels), labels]));
    const gone = [...this.#written].filter(([key]) => !written.has(key));
    this.#written = written;
    store.append([...values, ...gone.map(([, labels]) => ({ labels, value: 'stale' as const }))], at);
  }

  #alert(rule: AlertingRule, results: readonly LabelledValue[], now: Ms): readonly LabelledValue[] {
    const expand = this.#surroundings.templates(now);
    const { alerts, problem } = evaluateAlerts({ rule, limit: this.#group.limit, expand }, this.#alerts, results, now);
    this.#alerts = alerts;
    if (problem !== undefined) throw problem;
    return alertSeries(alerts);
  }
}
