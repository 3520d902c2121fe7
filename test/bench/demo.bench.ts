import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearFolder, writeConfigs } from '../../server/main/demo/demo-folder.ts';
import { fillStore } from '../../server/main/demo/fill-store.ts';
import { writePastLogs } from '../../server/main/demo/past-logs.ts';
import { freePort } from '../../server/main/demo/ports.ts';
import { ms } from '../../server/model/units.ts';
import { Lifecycle } from '../../server/runtime/lifecycle.ts';
import { createLog } from '../../server/runtime/log.ts';

/**
 * Makes the past of `vigie demo` as that does, and prints what each step takes, all threads together; ends by itself. Run by hand after
 * `npm run bench`, which builds it: `node dist/test/bench/demo.bench.js [LINES]`. A profile of each thread:
 * `node --cpu-prof --cpu-prof-dir=profiles dist/test/bench/demo.bench.js`.
 */
const NOW = ms(Date.UTC(2026, 10, 21, 10, 30));
const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-demo-'));
const plan = { seed: 1, days: 30, lines: Number(process.argv[2] ?? 500_000), end: NOW };
const lifecycle = new Lifecycle(createLog('bench'));

/** Prints what passed since it was called last. */
function stepClock(): (step: string) => void {
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (step) => {
    const { user, system } = process.cpuUsage(cpu);
    const wall_secs = (performance.now() - wall) / 1000;
    console.log(`${step.padEnd(24)} ${wall_secs.toFixed(2)} s  ${((user + system) / 1e6).toFixed(2)} CPU s`);
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
}

async function bench(): Promise<void> {
  console.log(`${plan.lines} lines over ${plan.days} days, load ${loadavg()[0]?.toFixed(1)}`);
  const addresses = { folder, listen: '127.0.0.1:0', syslog: `127.0.0.1:${await freePort()}` };
  clearFolder(folder, plan);
  writeConfigs(addresses);
  const tell = stepClock();
  const written = await writePastLogs(folder, plan, async () => {});
  tell('writing its logs');
  const lines = Object.values(written).reduce((sum, count) => sum + count, 0);
  let isRead = false;
  const onRead = (share: number): void => {
    if (share === 1 && !isRead) tell('reading them');
    isRead = share === 1;
  };
  const filled = await fillStore({ addresses, plan, now: NOW, lines, lifecycle, onRead, onLookedBack: () => {} });
  tell('looking back for alerts');
  console.log(
    `${lines} requests, ${filled.messages} messages, ${filled.alerts} alerts; load ${loadavg()[0]?.toFixed(1)}`,
  );
}

try {
  await bench();
} finally {
  await lifecycle.stop();
  rmSync(folder, { recursive: true });
}
