import { followWarnings } from '../../collector/main.ts';
import { unknownServices } from '../../rules/gate/gate-services.ts';
import { readSloFolder, remarkText } from '../evaluation/slo-book.ts';
import { VigieError } from '../model/errors.ts';
import { type PathProblem, problemText } from '../runtime/config-file.ts';
import { targetNotes } from './collect-target.ts';
import { type LoadedConfig, loadConfig, pipelineWarnings } from './config.ts';
import { demandTokens, parseListen } from './listen.ts';
import { type FoundRules, readRules } from './rule-files.ts';
import { readReceivers } from './start-alerts.ts';

/**
 * Reads configuration, SLO files and rule files as a start would. Throws `bad_config` with every problem; returns what is strange but runs,
 * one `file:line:col: warning: what` or `note: what` per line, and a summary.
 */
export function checkEverything(file: string, env: NodeJS.ProcessEnv): string {
  const config = loadConfig(file, env);
  demandTokens(parseListen(config.listen), config.token_file);
  readReceivers(config);
  const { slos, policed, problems, notes } = readSloFolder(config.slos, config.store.rings);
  const rules = readRules(config);
  const wrong = [...problems, ...rules.problems];
  if (wrong.length > 0) throw new VigieError('bad_config', wrong.map(remarkText).join('\n'));
  const strange = unknownServices(policed, [...slos.map(({ service }) => service), ...sourceServices(config)]);
  const warnings = [
    ...tell(config, 'warning', [
      ...pipelineWarnings(config),
      ...followWarnings(config),
      ...rules.empty.map((pattern) => ({
        path: ['rule_files'],
        message: `no file matches ${JSON.stringify(pattern)}`,
      })),
    ]),
    ...strange.map((remark) => remarkText({ ...remark, message: `warning: ${remark.message}` })),
  ];
  const verdict = warnings.length === 0 ? 'all good' : `${warnings.length} to look at`;
  return [
    ...warnings,
    ...tell(config, 'note', targetNotes(config)),
    ...[...notes, ...rules.notes].map(remarkText),
    `${config.file}: ${extent(config)}, ${slos.length} SLOs${ruleExtent(rules)}: ${verdict}`,
  ].join('\n');
}

/** Vigie proposes SLOs for them. */
function sourceServices({ sources }: LoadedConfig): readonly string[] {
  return Object.values(sources).flatMap((source) => ('service' in source ? (source.service ?? []) : []));
}

function ruleExtent({ groups }: FoundRules): string {
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  return rules === 0 ? '' : `, ${rules} rules in ${groups.length} groups`;
}

function tell(config: LoadedConfig, kind: 'warning' | 'note', found: readonly PathProblem[]): string[] {
  return found.map(({ path, message }) => problemText(config.locate({ path, message: `${kind}: ${message}` })));
}

function extent({ sources, transforms, sinks }: LoadedConfig): string {
  const count = (components: object): number => Object.keys(components).length;
  return `${count(sources)} sources, ${count(transforms)} transforms, ${count(sinks)} sinks`;
}
