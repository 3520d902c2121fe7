import type { Command } from 'commander';
import { messageOf, VigieError } from '../model/errors.ts';
import type { GateAnswer, GateDecision } from '../model/slo.ts';
import { askServer } from './client.ts';
import { examples, options } from './options.ts';
import type { AskOptions } from './server-command.ts';
import { paint, print, printable, printJson } from './terminal.ts';

/** Scripts of others rely on these. */
const EXIT: Record<GateDecision, number> = { go: 0, no_go: 3, unknown: 4 };
const STYLE = { go: 'green', no_go: 'red', unknown: 'yellow' } as const;
const WORD = { go: 'GO', no_go: 'NO-GO', unknown: 'UNKNOWN' } as const;

export function addGate(program: Command): void {
  program
    .command('gate [slo...]')
    .description('may we ship? exit 0 go, 3 no-go, 4 unknown (no data, stale, server unreachable or refusing)')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        ['vigie gate', 'every SLO of the server'],
        ['vigie gate shop-availability shop-latency', 'only these, in a release job'],
        ['vigie gate shop-availability --json', 'decision and reasons as JSON'],
      ]),
    )
    .action(gate);
}

async function gate(slos: readonly string[], flags: AskOptions): Promise<void> {
  const answer = await askServer<GateAnswer>(flags, `/api/vigie/gate?${new URLSearchParams({ slos: slos.join(',') })}`)
    .then((answered) => checkedAnswer(answered, flags.server))
    .catch(unknownAnswer);
  // Before the first word: whoever reads may have left, and then there is no more after it.
  process.exitCode = EXIT[answer.decision];
  if (flags.json) printJson(answer);
  else tellAnswer(answer);
}

/** What is no answer of a gate must not end as a go. */
function checkedAnswer(answer: GateAnswer, server: string): GateAnswer {
  if (Object.hasOwn(EXIT, answer.decision) && Array.isArray(answer.slos)) return answer;
  throw new VigieError(
    'unreachable',
    `cannot use the answer of ${server}: it holds no decision; is that a Vigie server?`,
  );
}

/** Nobody to ask is no permission: unknown. A wrong question is the asker's mistake and stays one. */
function unknownAnswer(error: unknown): Pick<GateAnswer, 'decision' | 'sentence' | 'slos'> {
  if (error instanceof VigieError && ['not_found', 'bad_request'].includes(error.code)) throw error;
  return { decision: 'unknown', sentence: messageOf(error), slos: [] };
}

function tellAnswer({ decision, sentence, slos }: Pick<GateAnswer, 'decision' | 'sentence' | 'slos'>): void {
  print(`${paint(['bold', STYLE[decision]], WORD[decision])}  ${printable(sentence)}`);
  for (const slo of slos)
    print(`  ${WORD[slo.decision].padEnd(7)}  ${printable(slo.id)}: ${slo.state.replaceAll('_', ' ')}`);
}
