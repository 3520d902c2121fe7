import type { ExpandTemplate } from '../../rules/prometheus/alerting-rule.ts';
import type { LabelledValue } from '../../rules/prometheus/labelled-value.ts';
import { type ReadTemplate, templateExpander } from '../../rules/prometheus/template/expand.ts';
import type { Engine, QueryData } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import { compileLinePattern, replaceMatches } from '../promql/line-pattern.ts';

type QueryEngine = Pick<Engine, 'queryInstant'>;

/** The value of an expression as elements; a scalar is one without labels. Rejects with `execution` for another type. */
export async function elementsAt(engine: QueryEngine, expr: string, time: Ms): Promise<readonly LabelledValue[]> {
  return elementsOf((await engine.queryInstant(expr, time)).data);
}

function elementsOf(data: QueryData): readonly LabelledValue[] {
  if (data.resultType === 'scalar') return [{ labels: {}, value: numberOf(data.result[1]) }];
  if (data.resultType !== 'vector') throw new VigieError('execution', 'rule result is not a vector or scalar');
  return data.result.map(({ metric, value: [, text] }) => ({ labels: metric, value: numberOf(text) }));
}

/** A sample value as the API writes it. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

/** What templates may ask of: the store at a moment. */
export interface TemplateQuestions {
  readonly engine: QueryEngine;
  readonly read: ReadTemplate;
  readonly now: Ms;
  readonly externalUrl: string;
}

/** An answer may decide what is asked next. */
const ROUNDS = 8;

type Answer = readonly LabelledValue[] | VigieError;

/**
 * Does work that fills templates in. The engine answers later, and a template wants its answers at once: work is done again with what
 * it asked for until it asks for nothing new, so it must be a function of its arguments alone.
 */
export async function withTemplates<T>(questions: TemplateQuestions, work: (expand: ExpandTemplate) => T): Promise<T> {
  const answers = new Map<string, Answer>();
  for (let round = 1; ; round++) {
    const missing = new Set<string>();
    const done = work(expanderOf(questions, (expr) => answers.get(expr) ?? notYet(expr, missing, round)));
    if (missing.size === 0) return done;
    for (const expr of missing) answers.set(expr, await answerTo(questions, expr));
  }
}

/** Of a query in its last round: that there will be no answer. */
function notYet(expr: string, missing: Set<string>, round: number): Answer {
  if (round === ROUNDS) return new VigieError('execution', `cannot ask more than ${ROUNDS} queries after one another`);
  missing.add(expr);
  return [];
}

function expanderOf({ read, now, externalUrl }: TemplateQuestions, answerOf: (expr: string) => Answer): ExpandTemplate {
  const query = (expr: string): readonly LabelledValue[] => {
    const answer = answerOf(expr);
    if (answer instanceof VigieError) throw answer;
    return answer;
  };
  const host = {
    query,
    matches: (pattern: string, text: string) => compileLinePattern(pattern)(text),
    replaceAll: replaceMatches,
  };
  return templateExpander(read, { host, now, externalLabels: {}, externalUrl });
}

async function answerTo({ engine, now }: TemplateQuestions, expr: string): Promise<Answer> {
  try {
    return await elementsAt(engine, expr, now);
  } catch (error) {
    if (error instanceof VigieError) return error;
    throw error;
  }
}
