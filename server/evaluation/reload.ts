import { messageOf, VigieError } from '../model/errors.ts';
import type { SloReload } from '../model/slo.ts';
import type { RuleService } from './rule-service.ts';
import type { SloService } from './slo-service.ts';

/**
 * Takes up SLO files and rule files as they are now. What is broken in the one does not keep the other back; rejects with `bad_config`
 * and every problem of both.
 */
export async function reloadAll(
  slos: Pick<SloService, 'reload'>,
  rules: Pick<RuleService, 'reload'>,
): Promise<SloReload> {
  const [slo, rule] = await Promise.allSettled([slos.reload(), rules.reload()]);
  const refusals = [slo, rule].flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  if (slo.status === 'rejected' || rule.status === 'rejected') throw new VigieError('bad_config', refusals.join('\n'));
  return { ...slo.value, rule_groups: rule.value };
}
