import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { SystemStatus } from '../../server/model/status.ts';
import { PATIENCE } from '../support/patience.ts';
import { startVigie } from '../support/vigie-process.ts';

const CONFIG = (rings: string) =>
  `data_dir: data\nlisten: 127.0.0.1:0\nsources: {}\nsinks: {}\nstore:\n  rings: ${rings}\n`;

test('a running server takes up other rings, refuses wrong ones where they stand, and a restart has them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-rings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (rings: string): void => writeFileSync(join(folder, 'vigie.yaml'), CONFIG(rings));
  write('{}');
  const start = () => startVigie(['serve', '--config', 'vigie.yaml', '--listen', '127.0.0.1:0'], folder);
  let vigie = await start();
  onTestFinished(() => vigie.kill());
  const ringsOf = async () => {
    const response = await fetch(`${vigie.url}/api/vigie/status`);
    return ((await response.json()) as SystemStatus).store.ringProfiles;
  };
  const reload = async () => {
    const response = await fetch(`${vigie.url}/api/vigie/reload`, { method: 'POST' });
    return { status: response.status, body: await response.json() };
  };
  const usual = await ringsOf();
  expect(usual).toMatchObject([{ matches: [], waiting: 0 }]);
  write('{profiles: [{match: \'{__name__=~"vigie_.*"}\', rings: [{step: 10s, keep: 1d}, {step: 1m, keep: 7d}]}]}');
  expect(await reload()).toMatchObject({ status: 200, body: { rings: { profiles: 2 } } });
  expect(await ringsOf()).toMatchObject([{ matches: [] }, { matches: ['{__name__=~"vigie_.*"}'] }]);
  write('{default: [{step: 10s, keep: 1d}, {step: 15s, keep: 7d}]}');
  const refused = await reload();
  expect(refused).toMatchObject({ status: 400, body: { error: { code: 'bad_config' } } });
  expect(JSON.stringify(refused.body)).toContain('vigie.yaml:6:');
  expect(await ringsOf()).toHaveLength(2);
  write('{default: [{step: 1m, keep: 1d}, {step: 1h, keep: 7d}]}');
  await vigie.stop();
  vigie = await start();
  await vi.waitFor(async () => {
    expect(await ringsOf()).toMatchObject([
      { matches: [], waiting: 0, rings: [{ step_secs: 60 }, { step_secs: 3600 }] },
    ]);
  }, PATIENCE);
});
