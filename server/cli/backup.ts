import { performance } from 'node:perf_hooks';
import { type Command, Option } from 'commander';
import type { Download, OnProgress } from '../main/backup.ts';
import { systemClock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import { openDownload, type ServerOptions } from './client.ts';
import { examples, options } from './options.ts';
import { Progress } from './progress.ts';
import { printable, printJson, tell } from './terminal.ts';

interface BackupFlags extends ServerOptions {
  readonly dataDir?: string;
  readonly force: boolean;
  readonly check: boolean;
  readonly json?: boolean;
}

const DAMAGED_EXIT = 1;

export function addBackup(program: Command): void {
  program
    .command('backup <file|folder>')
    .description('the whole database as one file, while the server goes on; with its SHA-256 beside it')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(
      new Option('--data-dir <dir>', 'read the database there instead, whether or not a server uses it').env(
        'VIGIE_DATA_DIR',
      ),
    )
    .option('--force', 'replace a file that is there', false)
    .option('--no-check', 'do not examine what was written')
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        ['vigie backup /srv/backup/', 'from the server of this machine, into a file named by the time'],
        [
          'vigie backup shop.sqlite --server https://vigie.example.org --token-file admin',
          'with a token of scope admin',
        ],
        ['vigie backup shop.sqlite --data-dir .vigie', 'from the files, also with the server stopped'],
      ]),
    )
    .action(backup);
}

async function backup(path: string, flags: BackupFlags, command: Command): Promise<void> {
  if (flags.dataDir !== undefined && command.getOptionValueSource('server') === 'cli') {
    throw new VigieError('bad_request', 'cannot back up: got --data-dir and --server; want one of them');
  }
  const { backUp, keepDownload } = await import('../main/backup.ts');
  const begun = performance.now();
  const progress = new Progress();
  const onStep = progress.onTerminal;
  const target = { path, force: flags.force, now: systemClock.now(), ...(flags.check && { onStep }) };
  const show: OnProgress = (done, total) => onStep('Copying', total === 0 ? 1 : done / total);
  const { file, bytes, digest, findings } = await (flags.dataDir === undefined
    ? keepDownload(() => download(flags), target, show)
    : backUp(flags.dataDir, target, show)
  ).finally(() => progress.clear());
  const secs = (performance.now() - begun) / 1000;
  if (flags.json) printJson({ file, bytes, sha256: digest, secs: Number(secs.toFixed(3)), findings });
  else tell(`${file}: ${bytes} bytes in ${secs.toFixed(1)} s${flags.check && findings.length === 0 ? ', sound' : ''}`);
  if (findings.length === 0) return;
  for (const { what, cause } of findings) tell(`damaged, as the database it was made of: ${printable(what)}: ${cause}`);
  process.exitCode = DAMAGED_EXIT;
}

async function download(flags: BackupFlags): Promise<Download> {
  const { headers, body } = await openDownload(flags, '/api/vigie/backup');
  const [, digest = ''] = /sha-256=:([^:]*):/.exec(headers.get('repr-digest') ?? '') ?? [];
  return {
    body,
    bytes: Number(headers.get('content-length')),
    digest: Buffer.from(digest, 'base64').toString('hex'),
  };
}
