import type { Command } from 'commander';
import type { ImportOutcome } from '../main/import-files.ts';
import type { ImportVerdict } from '../model/engine.ts';
import { askServer } from './client.ts';
import { examples, options } from './options.ts';
import type { AskOptions } from './server-command.ts';
import { print, printable, printJson } from './terminal.ts';

interface Flags extends AskOptions {
  readonly config: string;
  readonly dataDir?: string;
}

const REFUSED_EXIT = 1;

const ABOUT =
  'Samples go to the rings that still hold their time: raw while the finest does, else into roll-ups, for which those of a series must come in ' +
  'the order of time. What comes twice is there once. Series of increments (counted from logs) have no samples: their history comes from the logs.';

export function addImport(program: Command): void {
  program
    .command('import')
    .description('bring history along')
    .command('openmetrics <file...>')
    .description('samples with times: OpenMetrics or the text format of Prometheus, .gz too; - is standard input')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(options.config())
    .addOption(options.dataDir().default(undefined, 'ask the server'))
    .addOption(options.json())
    .addHelpText('after', `\n${ABOUT}`)
    .addHelpText(
      'before',
      examples([
        ['vigie import openmetrics history.om', 'into the running server'],
        ['vigie import openmetrics old/*.om.gz --data-dir /var/lib/vigie', 'into the store of a stopped one'],
      ]),
    )
    .action(importOpenMetrics);
}

/** A file that is sent again is refused so, where each of its samples cannot be known. */
const THERE_ALREADY: ReadonlySet<string> = new Set(['behind_slot', 'past_update']);

async function importOpenMetrics(files: readonly string[], flags: Flags): Promise<void> {
  const { importFiles, importIntoDataDir } = await import('../main/import-files.ts');
  const outcome =
    flags.dataDir === undefined
      ? await importFiles(files, (part) => sendPart(flags, part))
      : await importIntoDataDir(files, { config: flags.config, dataDir: flags.dataDir });
  if (flags.json) printJson(outcome);
  else print(linesOf(outcome).join('\n'));
  const refused = Object.keys(outcome.refused).filter((reason) => !THERE_ALREADY.has(reason));
  if (outcome.bad_lines > 0 || refused.length > 0) process.exitCode = REFUSED_EXIT;
}

function sendPart(flags: Flags, part: Uint8Array): Promise<ImportVerdict> {
  return askServer<ImportVerdict>(flags, '/api/vigie/import/openmetrics', {
    method: 'POST',
    body: new Uint8Array(part),
  });
}

function linesOf({ accepted, known, bad_lines, first_bad, refused }: ImportOutcome): string[] {
  const lines = [`${accepted} samples imported, ${known} there already`];
  for (const [reason, { count, first }] of Object.entries(refused)) {
    lines.push(`${count} refused, ${reason} (first: ${printable(first)})`);
  }
  if (bad_lines > 0) lines.push(`${bad_lines} lines are no samples (first: ${printable(first_bad ?? '')})`);
  return lines;
}
