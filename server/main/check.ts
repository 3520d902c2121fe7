import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { followWarnings } from '../../collector/main.ts';
import type { SloFiles } from '../../rules/files/slo-file.ts';
import type { FileRemark } from '../../rules/files/yaml-file.ts';
import { unknownServices } from '../../rules/gate/gate-services.ts';
import { readSloFolder, remarkText } from '../evaluation/slo-book.ts';
import { invariant, VigieError } from '../model/errors.ts';
import { type PathProblem, problemText } from '../runtime/config-file.ts';
import { misplacedThresholds } from './bucket-check.ts';
import { targetNotes } from './collect-target.ts';
import { type LoadedConfig, loadConfig, namedFiles, pipelineWarnings } from './config.ts';
import { doorProblems } from './door-check.ts';
import { type FoundRules, readRules } from './rule-files.ts';
import { readReceivers } from './start-alerts.ts';

/**
 * Reads configuration, SLO files and rule files as a start would. Throws `bad_config` with every problem of all of them; returns what is
 * strange but runs, one `file:line:col: warning: what` or `note: what` per line, and a summary. Files are named as seen from where
 * the configuration is.
 */
export function checkEverything(file: string, env: NodeJS.ProcessEnv): string {
  const wrong: string[] = [];
  const config = tried(wrong, () => loadConfig(file, env));
  if (config !== undefined) {
    wrong.push(...doorProblems(config).map((problem) => problemText(config.locate(problem))));
    tried(wrong, () => readReceivers(config));
  }
  const named = config === undefined ? tried([], () => namedFiles(file, env)) : { ...config, ...config.store };
  const slos = named && tried(wrong, () => readSloFolder(named.slos, named.rings, shownPath(file, named.slos)));
  const rules = named && tried(wrong, () => readShownRules(file, named.rule_files));
  wrong.push(...[...(slos?.problems ?? []), ...(rules?.problems ?? [])].map(remarkText));
  if (wrong.length > 0) throw new VigieError('bad_config', wrong.join('\n'));
  invariant(config !== undefined && slos !== undefined && rules !== undefined, 'what was not read tells no mistake');
  return summary(file, config, slos, rules);
}

/** What refuses says why. */
function tried<T>(wrong: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VigieError)) throw error;
    wrong.push(error.message);
    return undefined;
  }
}

/** Beside or below the configuration a path is shown as the configuration itself was named. */
export function shownPath(file: string, path: string): string {
  const below = relative(dirname(resolve(file)), path);
  return below.startsWith('..') || isAbsolute(below) ? path : join(dirname(file), below);
}

function readShownRules(file: string, rule_files: string[]): FoundRules {
  const { problems, notes, ...rules } = readRules({ file: resolve(file), rule_files });
  const shown = (remark: FileRemark): FileRemark => ({
    ...remark,
    file: shownPath(file, resolve(dirname(file), remark.file)),
  });
  return { ...rules, problems: problems.map(shown), notes: notes.map(shown) };
}

function summary(
  file: string,
  config: LoadedConfig,
  { slos, policed, thresholds, notes }: SloFiles,
  rules: FoundRules,
): string {
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
    ...[...strange, ...misplacedThresholds(config, thresholds)].map((remark) =>
      remarkText({ ...remark, message: `warning: ${remark.message}` }),
    ),
  ];
  const verdict = warnings.length === 0 ? 'all good' : `${warnings.length} to look at`;
  return [
    ...warnings,
    ...tell(config, 'note', targetNotes(config)),
    ...[...notes, ...rules.notes].map(remarkText),
    `${file}: ${extent(config)}, ${slos.length} SLOs${ruleExtent(rules)}: ${verdict}`,
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
