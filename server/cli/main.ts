import { Command, CommanderError } from 'commander';
import { errorCatalogue, messageOf, VigieError } from '../model/errors.ts';
import { VERSION } from '../model/version.ts';
import { addAlert } from './alert.ts';
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { addExclude } from './exclude.ts';
import { addExport } from './export.ts';
import { addGate } from './gate.ts';
import { addGraph } from './graph.ts';
import { addImport } from './import.ts';
import { addLogs } from './logs.ts';
import { examples } from './options.ts';
import { addProcesses } from './processes.ts';
import { addQuery } from './query.ts';
import { addRelease } from './release.ts';
import { addReport } from './report.ts';
import { addRestore } from './restore.ts';
import { addRrd } from './rrd.ts';
import { addSchema } from './schema.ts';
import { addSilence } from './silence.ts';
import { addSlo } from './slo.ts';
import { addSource } from './source.ts';
import { tell } from './terminal.ts';
import { addTest } from './test.ts';

const USAGE_EXIT = 2;
const FAILURE_EXIT = 1;

/** Runs the command line; sets the exit code and returns when the command is done. */
export async function runCli(argv: readonly string[]): Promise<void> {
  // `vigie slo show x | head`: once head has enough no more is written, and the command goes on to its exit code: a reader who leaves
  // makes no "no" a "yes".
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_DESTROYED') process.exit(FAILURE_EXIT);
  });
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (!(error instanceof CommanderError))
      tell(error instanceof VigieError ? `vigie: ${error.message}` : stackOf(error));
  }
}

/** Every command with its flags; nothing runs yet. */
export function createProgram(): Command {
  const program = new Command('vigie')
    .description('Turns the logs and counters a machine already writes into error budgets people act on.')
    .version(VERSION)
    .showSuggestionAfterError()
    .showHelpAfterError('(--help lists what there is)')
    .exitOverride()
    .addHelpText(
      'before',
      examples([
        ['vigie demo', 'a shop with a past, to look around'],
        ['vigie run', 'watch this machine, pages on http://127.0.0.1:8420'],
        ['vigie slo list', 'how the services are'],
        ['vigie gate shop-availability', 'may we ship? exit 0, 3 or 4'],
        ['vigie logs --grep timeout', 'log lines of the last hour'],
      ]),
    );
  addProcesses(program);
  addDemo(program);
  addCheck(program);
  addGate(program);
  addSlo(program);
  addAlert(program);
  addSilence(program);
  addExclude(program);
  addRelease(program);
  addSource(program);
  addQuery(program);
  addGraph(program);
  addExport(program);
  addLogs(program);
  addImport(program);
  addReport(program);
  addTest(program);
  addRrd(program);
  addSchema(program);
  addBackup(program);
  addRestore(program);
  addDoctor(program);
  for (const command of program.commands) command.exitOverride();
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT;
  return error instanceof VigieError ? errorCatalogue[error.code].exit : FAILURE_EXIT;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
