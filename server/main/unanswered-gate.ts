import { readFileSync, statSync } from 'node:fs';
import type { SloFiles } from '../../rules/files/slo-file.ts';
import { policyOf } from '../../rules/gate/gate-policy.ts';
import { GATE_DECISIONS } from '../../rules/gate/gate-verdict.ts';
import { readSloFolder, readSloTexts, remarkText } from '../evaluation/slo-book.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import type { GateDecision } from '../model/slo.ts';

/** Who was asked for: ids of SLOs and names of services; none of both is everything. */
export interface AskedGate {
  readonly slos: readonly string[];
  readonly services: readonly string[];
}

/** What policies say for when no server answers. An SLO that the files do not define has no service to go by: unknown. */
export type UnansweredGate = (asked: AskedGate) => GateDecision;

/** By the SLO files of a folder, or by one. Throws `bad_config` with every problem of them, so that it is not found in an outage. */
export function readUnansweredGate(path: string): UnansweredGate {
  const { slos, policies, problems } = readFiles(path);
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
  const all = [...slos.map(({ service }) => service), ...policies.flatMap(({ services }) => services)];
  return (asked) => {
    const named = asked.slos.map((id) => slos.find((slo) => slo.id === id)?.service);
    const services = [...asked.services, ...named];
    const decisions = (services.length === 0 ? all : services).map((service) =>
      service === undefined ? 'unknown' : policyOf(service, policies).when.unanswered,
    );
    return GATE_DECISIONS.find((decision) => decisions.includes(decision)) ?? 'unknown';
  };
}

function readFiles(path: string): SloFiles {
  try {
    if (statSync(path).isDirectory()) return readSloFolder(path);
    return readSloTexts([{ path, text: readFileSync(path, 'utf8') }]);
  } catch (error) {
    if (error instanceof VigieError) throw error;
    throw new VigieError('bad_config', `cannot read policies ${path}: ${fileCause(error)}`, { cause: error });
  }
}
