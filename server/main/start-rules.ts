import { createRuleService, type RunningRuleService } from '../evaluation/create-rule-service.ts';
import { RuleAlertBook } from '../evaluation/rule-alert-book.ts';
import { systemClock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { ms } from '../model/units.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { createLog } from '../runtime/log.ts';
import type { LoadedConfig } from './config.ts';
import { readNamedRules } from './rule-files.ts';
import type { AlertParts } from './start-alerts.ts';

/** The rule files at work, as the last process left them; they are evaluated from `start` on. Rejects with `bad_config`. */
export async function startRules(
  engine: Engine,
  config: LoadedConfig,
  parts: Pick<AlertParts, 'changes' | 'silences' | 'outbox'>,
  lifecycle: Lifecycle,
): Promise<RunningRuleService> {
  const rules = await createRuleService({
    engine,
    read: () => readNamedRules(config, process.env),
    interval: ms(config.evaluation_interval),
    alerts: await RuleAlertBook.open({ engine, ...parts }),
    externalUrl: config.notify.public_url?.href.replace(/\/+$/, '') ?? `http://${config.listen}`,
    clock: systemClock,
    log: createLog('rules'),
  });
  lifecycle.onStop('rule files', rules.stop.bind(rules));
  return rules;
}
