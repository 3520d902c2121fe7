import type { Command } from 'commander';
import type { RestoreFlags } from '../main/restore.ts';
import { systemClock } from '../model/clock.ts';
import { examples, options } from './options.ts';
import { Progress } from './progress.ts';
import { moment, printJson, tell } from './terminal.ts';

interface Flags extends RestoreFlags {
  readonly json?: boolean;
}

const COLLECTORS =
  'Collectors notice at their next hello: they go back to where this backup stands and send again what their queues and files still ' +
  'hold; each line counts once. What neither holds any more, such as datagrams of syslog since then, is not there.';

export function addRestore(program: Command): void {
  program
    .command('restore [file]')
    .description('put a backup in the place of the database of a stopped server, which is kept aside')
    .addOption(options.config())
    .addOption(options.dataDir())
    .option('--force', 'restore a backup although it is damaged', false)
    .option('--discard', 'remove the databases that restores and repairs have kept aside', false)
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        ['vigie restore /srv/backup/vigie-20260131T090507Z.sqlite', 'into data_dir of vigie.yaml'],
        ['vigie restore shop.sqlite --data-dir /var/lib/vigie', 'into another directory'],
        ['vigie restore --discard', 'when all is well: free the space of the old database'],
      ]),
    )
    .action(restoreFile);
}

async function restoreFile(file: string | undefined, flags: Flags): Promise<void> {
  const { restore } = await import('../main/restore.ts');
  const progress = new Progress();
  const outcome = await restore(file, flags, systemClock, progress.onTerminal).finally(() => progress.clear());
  if (flags.json) return printJson(outcome);
  const { dataDir, restored, discarded } = outcome;
  if (restored !== undefined) {
    const until = restored.newest === undefined ? 'without data' : `with data up to ${moment(restored.newest)}`;
    tell(`${dataDir}: ${file} is in place, ${restored.bytes} bytes, ${until}`);
    for (const { what, cause } of restored.findings) tell(`damaged: ${what}: ${cause}`);
    if (restored.aside !== undefined) tell(`${restored.aside}: the database before it`);
    tell(COLLECTORS);
  }
  for (const { name, bytes } of discarded) tell(`${name}: removed, ${bytes} bytes`);
  if (restored === undefined && discarded.length === 0) tell(`${dataDir}: nothing is kept aside`);
}
