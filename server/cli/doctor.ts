import type { Command } from 'commander';
import type { Diagnosis } from '../main/doctor.ts';
import { systemClock } from '../model/clock.ts';
import { examples, options } from './options.ts';
import { Progress } from './progress.ts';
import { paint, print, printable, printJson, tell } from './terminal.ts';

interface DoctorFlags {
  readonly config: string;
  readonly dataDir?: string;
  readonly repair: boolean;
  readonly json?: boolean;
}

const DAMAGED_EXIT = 1;
const CONFIG_EXIT = 78;
const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'what a start needs, and whether all that is stored can be read; exit 0, 1 damaged or missing, 78 configuration',
    )
    .addOption(options.config())
    .addOption(options.dataDir())
    .option('--repair', 'make again what can be, of a stopped server; the damaged database is kept aside', false)
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        ['vigie doctor', 'of vigie.yaml and its data_dir, also while the server runs'],
        ['vigie doctor --data-dir /srv/copy', 'of another directory'],
        ['vigie doctor --repair', 'with the server stopped'],
      ]),
    )
    .action(doctor);
}

async function doctor(flags: DoctorFlags): Promise<void> {
  const { diagnose } = await import('../main/doctor.ts');
  const progress = new Progress();
  const { config, dataDir, repair } = flags;
  const diagnosis = await diagnose({
    ...{ config, repair, clock: systemClock, env: process.env },
    ...(dataDir !== undefined && { dataDir }),
    onStep: progress.onTerminal,
  }).finally(() => progress.clear());
  if (flags.json) printJson(diagnosis);
  else write(diagnosis);
  process.exitCode = exitCodeOf(diagnosis);
}

function write({ checks, database, repaired }: Diagnosis): void {
  for (const { finding, done } of repaired?.repairs ?? []) print(`      ${printable(finding.what)}: ${done}`);
  if (repaired?.aside !== undefined) tell(`${repaired.aside}: the damaged database`);
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, state, says } of checks) {
    print(`${paint(STYLES[state], state.padEnd(4))}  ${name.padEnd(width)}  ${linesOf(says)}`);
  }
  for (const { what, cause, lost } of database?.findings ?? []) {
    print(`      ${printable(what)}: ${printable(cause)}; lost: ${lost}`);
  }
}

/** Of several lines those after the first stand under the check. */
function linesOf(text: string): string {
  return text.split('\n').map(printable).join('\n      ');
}

function exitCodeOf({ checks, isConfigBad }: Diagnosis): number {
  if (isConfigBad) return CONFIG_EXIT;
  return checks.some(({ state }) => state === 'fail') ? DAMAGED_EXIT : 0;
}
