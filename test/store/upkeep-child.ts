import { ms } from '../../server/model/units.ts';
import { databaseFile } from '../../server/store/data-dir.ts';
import { restoreDatabase } from '../../server/store/doctor/restore.ts';
import { copyDatabase } from '../../server/store/doctor/snapshot.ts';
import { makeBackup } from '../../server/upkeep/backup-file.ts';

/** Backs up or restores, and kills itself at the named point. */
const [verb, dataDir = '', file = '', point] = process.argv.slice(2);
const onPoint = (name: string): void => {
  if (name === point) process.kill(process.pid, 'SIGKILL');
};
const now = ms(1_800_000_000_000);
if (verb === 'restore') await restoreDatabase({ dataDir, from: file, now, onPoint });
else {
  await makeBackup({ path: file, force: true, now, onPoint }, async (part) => {
    await copyDatabase(databaseFile(dataDir), part, { onPoint });
  });
}
