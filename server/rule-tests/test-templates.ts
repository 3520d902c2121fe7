import { expandTemplate } from '../../rules/prometheus/template/expand.ts';
import { compileLinePattern, replaceMatches } from '../promql/line-pattern.ts';
import { parse } from '../promql/parse.ts';
import { elementsOf } from './rule-run.ts';
import type { TemplatesOf } from './rule-test.ts';

/** Templates of the alerts of a test: their queries are answered from its store. */
export const testTemplates: TemplatesOf =
  ({ external_labels, external_url }, store, limits) =>
  (now) => {
    const host = {
      query: (expr: string) => elementsOf(store, parse(expr), now, limits),
      matches: (pattern: string, text: string) => compileLinePattern(pattern)(text),
      replaceAll: replaceMatches,
    };
    const surroundings = { host, now, externalLabels: external_labels, externalUrl: external_url };
    return (template, result) => expandTemplate(template, result, surroundings);
  };
