import type { FileRemark } from '../../rules/files/yaml-file.ts';
import type { RuleGroup } from '../../rules/prometheus/rule-file.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import type { RefusedSloFiles } from '../model/status.ts';
import type { GroupRun } from './rule-group-run.ts';

/** Rule files as they are on disk. */
export interface RuleFiles {
  readonly groups: readonly RuleGroup[];
  readonly problems: readonly FileRemark[];
}

/** The Prometheus rule files at work. */
export interface RuleService {
  /** In the order of the files. */
  groups(): readonly Pick<GroupRun, 'group' | 'interval' | 'rules' | 'counts' | 'pace' | 'key'>[];
  /** Pending, firing, and those that ended within a quarter of an hour; worst first. */
  alerts(): readonly RuleAlertStatus[];
  /**
   * Takes up the files as they are now; groups that did not change go on as they were, and in those that did the rules that are still
   * there keep their alerts. Rejects with `bad_config` and every problem when one is broken: those in force stay.
   */
  reload(): Promise<number>;
  /** Why the files as they were last read are not in force. */
  refusedFiles(): RefusedSloFiles | undefined;
}

/** For those without rule files. */
export const NO_RULES: RuleService = {
  groups: () => [],
  alerts: () => [],
  reload: async () => 0,
  refusedFiles: () => undefined,
};
