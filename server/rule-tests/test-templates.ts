import { rememberTemplates, templateExpander } from '../../rules/prometheus/template/expand.ts';
import { compileLinePattern, replaceMatches } from '../promql/line-pattern.ts';
import { parse } from '../promql/parse.ts';
import { elementsOf } from './rule-run.ts';
import type { TemplatesOf } from './rule-test.ts';

/** Templates of the alerts of a test: their queries are answered from its store. */
export const testTemplates: TemplatesOf = ({ external_labels, external_url }, store, limits) => {
  const read = rememberTemplates();
  return (now) => {
    const host = {
      query: (expr: string) => elementsOf(store, parse(expr), now, limits),
      matches: (pattern: string, text: string) => compileLinePattern(pattern)(text),
      replaceAll: replaceMatches,
    };
    return templateExpander(read, { host, now, externalLabels: external_labels, externalUrl: external_url });
  };
};
