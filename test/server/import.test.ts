import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { runVigie, startVigie } from '../support/vigie-process.ts';

/** On a border of hours. */
const END = 1_700_000_000 - (1_700_000_000 % 3600);
const STEPS = 12 * 24 * 40;

/** Forty days of a counter that rises by 2 in five minutes, and of a gauge, each all of its time after the other: more than one part. */
function history(): string {
  const times = Array.from({ length: STEPS }, (_, i) => END - (STEPS - 1 - i) * 300);
  const counter = times.map((time, i) => `old_requests_total{job="shop",instance="a"} ${i * 2} ${time}`);
  const gauge = times.map((time, i) => `old_load{job="shop",instance="a"} ${(i % 100) / 4} ${time}.5`);
  return ['# TYPE old_requests counter', ...counter, '# TYPE old_load gauge', ...gauge, '# EOF', ''].join('\n');
}

test('history is imported into a running server and into the store of a stopped one; again it is there once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'vigie.yaml'), 'data_dir: data\nlisten: 127.0.0.1:0\nsources: {}\nsinks: {}\n');
  writeFileSync(join(folder, 'old.om'), history());
  writeFileSync(join(folder, 'old.om.gz'), gzipSync(history()));
  writeFileSync(join(folder, 'bad.om'), `# TYPE x gauge\nx 1 ${END}\nx 2\nx 3 ${END + 60}\n`);
  const vigie = await startVigie(['serve', '--listen', '127.0.0.1:0'], folder);
  onTestFinished(() => vigie.kill());
  const run = async (file: string, ...where: readonly string[]) => {
    const { code, stdout, stderr } = await runVigie(['import', 'openmetrics', file, '--json', ...where], folder);
    return { code, stderr, ...(stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)) };
  };
  const value = async (url: string, expr: string) => {
    const response = await fetch(`${url}/api/v1/query?time=${END}&query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(body.data.result[0]?.value[1]);
  };
  const check = async (url: string) => {
    expect(await value(url, 'count_over_time(old_requests_total[30d])')).toBe(30 * 288);
    expect(await value(url, 'max_over_time(old_load[30d])')).toBe(24.75);
    expect(await value(url, 'delta(old_requests_total[1d])')).toBeCloseTo(576, 6);
  };
  expect(await run('old.om', '--server', vigie.url)).toMatchObject({ code: 0, accepted: 2 * STEPS, bad_lines: 0 });
  await check(vigie.url);
  const again = await run('old.om.gz', '--server', vigie.url);
  expect(again).toMatchObject({ code: 0, accepted: 0 });
  await check(vigie.url);
  const bad = await run('bad.om', '--server', vigie.url);
  expect(bad).toMatchObject({
    code: 1,
    accepted: 2,
    bad_lines: 1,
    first_bad: 'bad.om:3: got a sample without a time; want name{label="value"} value time',
  });
  expect(await run('none.om', '--server', vigie.url)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot read none.om'),
  });
  expect(await run('old.om', '--data-dir', 'data')).toMatchObject({ code: 1, stderr: expect.stringContaining('data') });
  await vigie.stop();
  expect(await run('old.om', '--data-dir', 'elsewhere')).toMatchObject({ code: 0, accepted: 2 * STEPS });
  const other = await startVigie(['serve', '--listen', '127.0.0.1:0', '--data-dir', 'elsewhere'], folder);
  onTestFinished(() => other.kill());
  await check(other.url);
  await other.stop();
});
