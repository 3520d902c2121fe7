import type { Command } from 'commander';
import { spokenIn } from '../main/spoken.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import type { GateAnswer, GateDecision, GateReason } from '../model/slo.ts';
import type { Say } from '../model/words/words.ts';
import { askServer } from './client.ts';
import { addOverrides } from './gate-override.ts';
import { examples, options } from './options.ts';
import type { AskOptions } from './server-command.ts';
import { paint, print, printable, printJson, table } from './terminal.ts';

/** Scripts of others rely on these. */
const EXIT: Record<GateDecision, number> = { go: 0, no_go: 3, unknown: 4 };
const STYLE = { go: 'green', no_go: 'red', unknown: 'yellow' } as const;

/** What says that nobody could answer; who answers and refuses is no failure of the server. */
const NO_ANSWER = ['unreachable', 'unavailable', 'timeout', 'internal', 'rate_limited'];

interface GateOptions extends AskOptions {
  readonly lang: string;
  readonly failOpen: boolean;
  readonly policies?: string;
  readonly service?: readonly string[];
}

type ToldAnswer = Pick<GateAnswer, 'decision' | 'sentence' | 'slos'> &
  Partial<GateAnswer> & {
    /** Nobody answered, and the asker or a policy had said that this is a go. */
    readonly failed_open?: boolean;
  };

export function addGate(program: Command): void {
  const shown = [
    ['vigie gate', 'every SLO of the server'],
    ['vigie gate --service shop', 'those of a service, in a release job'],
    ['vigie gate shop-availability shop-latency', 'only these'],
    ['vigie gate shop-availability --json', 'decision and reasons as JSON'],
    ['vigie gate --fail-open', 'go when the server does not answer'],
    ['vigie gate --service shop --policies slos', 'then what the policy of shop says, read here'],
    ['vigie gate override --service shop --for 2h --reason "fixes the outage" --by alice', 'let shop through'],
    ['vigie gate overrides', 'who overrode what, when and why'],
  ] as const;
  const command = program
    .command('gate [slo...]')
    .description('may we ship? exit 0 go, 3 no-go, 4 unknown (no data, stale, server unreachable or refusing)')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(options.json())
    .addOption(options.language())
    .addOption(options.services())
    .addOption(options.failOpen())
    .addOption(options.policies())
    .addHelpText('before', examples(shown))
    .action(gate);
  addOverrides(command);
}

async function gate(slos: readonly string[], flags: GateOptions): Promise<void> {
  const { language, say } = spokenIn(flags.lang);
  const byPolicy = await policiesOf(flags, slos);
  const question = new URLSearchParams({ slos: slos.join(','), lang: language });
  for (const service of flags.service ?? []) question.append('service', service);
  const answer = await askServer<GateAnswer>(flags, `/api/vigie/gate?${question}`)
    .then((answered) => checkedAnswer(answered, flags.server))
    .catch((error: unknown) => unknownAnswer(error, flags.failOpen ? 'asker' : byPolicy, say));
  // Before the first word: whoever reads may have left, and then there is no more after it.
  process.exitCode = EXIT[answer.decision];
  if (flags.json) printJson(answer);
  else tellAnswer(answer, say);
}

/** What is no answer of a gate must not end as a go. */
function checkedAnswer(answer: GateAnswer, server: string): GateAnswer {
  if (Object.hasOwn(EXIT, answer.decision) && Array.isArray(answer.slos) && Array.isArray(answer.reasons))
    return answer;
  throw new VigieError(
    'unreachable',
    `cannot use the answer of ${server}: it holds no decision; is that a Vigie server?`,
  );
}

/** What the policies beside us say of a server that cannot answer; undefined when we have none. */
async function policiesOf({ policies, service = [] }: GateOptions, slos: readonly string[]) {
  if (policies === undefined) return undefined;
  const { readUnansweredGate } = await import('../main/unanswered-gate.ts');
  return readUnansweredGate(policies)({ slos, services: service });
}

/**
 * Nobody to ask is no permission: unknown, unless the asker or a policy wants it otherwise. A token that is refused stays unknown, and a wrong question
 * is the asker's mistake.
 */
function unknownAnswer(error: unknown, otherwise: GateDecision | 'asker' | undefined, say: Say): ToldAnswer {
  if (error instanceof VigieError && ['not_found', 'bad_request', 'bad_config'].includes(error.code)) throw error;
  const cause = messageOf(error);
  const nothing = { reasons: [], slos: [] };
  const isSilent = error instanceof VigieError && NO_ANSWER.includes(error.code);
  if (!isSilent || otherwise === undefined) return { decision: 'unknown', sentence: cause, ...nothing };
  if (otherwise === 'asker') {
    return { decision: 'go', sentence: say('gate_failed_open', { cause }), ...nothing, failed_open: true };
  }
  const sentence = say('gate_unanswered', { cause, answer: say(`gate_word_${otherwise}`) });
  return { decision: otherwise, sentence, ...nothing, ...(otherwise === 'go' && { failed_open: true }) };
}

function tellAnswer({ decision, sentence, slos, reasons = [] }: ToldAnswer, say: Say): void {
  print(`${paint(['bold', STYLE[decision]], say(`gate_word_${decision}`))}  ${printable(sentence)}`);
  if (reasons.length === 0) return;
  const heads = [say('gate_head_decision'), say('gate_head_slo'), say('gate_head_state'), say('gate_head_reason')];
  // Those of an SLO stand together.
  const rows = reasons.map((reason, i) => rowOf(reason, reasons[i - 1]?.slo !== reason.slo, slos, say));
  print(`\n${table(heads, rows)}`);
}

/** One row for an SLO: its answer and its first reason; below it the others. What its answer passes over says what it says by itself. */
function rowOf({ slo, decision, text = '' }: GateReason, first: boolean, slos: ToldAnswer['slos'], say: Say): string[] {
  const known = slos.find(({ id }) => id === slo);
  const answer = known?.decision ?? decision;
  if (!first) return [answer === 'go' && decision !== 'go' ? say(`gate_word_${decision}`) : '', '', '', text];
  return [say(`gate_word_${answer}`), slo, known === undefined ? '' : say(`state_${known.state}`), text];
}
