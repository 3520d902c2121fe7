// Healthy: the collector of this container has committed within the last minute. It does every ten seconds, also while nothing is
// logged and while the server is away.
import { statSync } from 'node:fs';
import { join } from 'node:path';

const WITHIN_MS = 60_000;
const folder = process.env.VIGIE_DATA_DIR ?? '.vigie';
const times = ['collector.sqlite', 'collector.sqlite-wal'].map((name) => {
  return statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
});
process.exit(Date.now() - Math.max(...times) < WITHIN_MS ? 0 : 1);
