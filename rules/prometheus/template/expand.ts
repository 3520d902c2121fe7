import { messageOf, VigieError } from '../../../server/model/errors.ts';
import type { Labels } from '../../../server/model/labels.ts';
import type { Ms } from '../../../server/model/units.ts';
import type { ExpandTemplate } from '../alerting-rule.ts';
import { BUILTINS } from './builtins.ts';
import { execute } from './execute.ts';
import { PROMETHEUS_NAMES, prometheusFunctions, type TemplateHost } from './functions.ts';
import { type Nodes, parseTemplate } from './syntax.ts';
import { Fields, labelMap, type Value } from './value.ts';

export interface TemplateSurroundings {
  readonly host: TemplateHost;
  readonly now: Ms;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

const NAMES = new Set([...Object.keys(BUILTINS), ...PROMETHEUS_NAMES]);

export type ReadTemplate = (template: string) => Nodes;

/** Throws VigieError `bad_config` when a template cannot be read. */
export function checkTemplate(template: string): void {
  readTemplate(template);
}

/** Reads each template once: rules fill theirs in at every evaluation. */
export function rememberTemplates(): ReadTemplate {
  const known = new Map<string, Nodes>();
  return (template) => {
    const nodes = known.get(template) ?? readTemplate(template);
    known.set(template, nodes);
    return nodes;
  };
}

/**
 * Fills in the labels and annotations of alerts for one result each, with `$labels`, `$value`, `$externalLabels` and `$externalURL`.
 * What goes wrong becomes the text, as in Prometheus: `<error expanding template: ...>`.
 */
export function templateExpander(
  read: ReadTemplate,
  { host, now, externalLabels, externalUrl }: TemplateSurroundings,
): ExpandTemplate {
  const functions = new Map(Object.entries({ ...BUILTINS, ...prometheusFunctions(host, now / 1000, externalUrl) }));
  const outside = { ExternalLabels: labelMap(externalLabels), ExternalURL: externalUrl };
  return (template, { labels, value }) => {
    if (!template.includes('{{')) return template;
    const fields = { ...outside, Labels: labelMap(labels), Value: value };
    const variables = new Map<string, Value>([
      ['$', new Fields(fields)],
      ['$labels', fields.Labels],
      ['$externalLabels', fields.ExternalLabels],
      ['$externalURL', externalUrl],
      ['$value', value],
    ]);
    try {
      return execute(read(template), variables, functions);
    } catch (error) {
      if (error instanceof VigieError) return `<error expanding template: ${messageOf(error)}>`;
      throw error;
    }
  };
}

function readTemplate(template: string): Nodes {
  return parseTemplate(template, (name) => NAMES.has(name));
}
