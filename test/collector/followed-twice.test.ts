import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createCollector } from '../../collector/collector.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { followWarnings } from '../../collector/follow-check.ts';
import { Followers } from '../../collector/followers.ts';
import { systemClock } from '../../server/model/clock.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { IngestServer } from '../support/ingest-server.ts';
import { PATIENCE } from '../support/patience.ts';

test('whoever follows a file first keeps it, also when it looks again', () => {
  const followers = new Followers();
  const follow = (source: string, ...ids: string[]) =>
    followers.follow(source, new Map(ids.map((id) => [id, `/${id}`]))).map(({ path, by }) => `${path} ${by}`);
  expect(follow('one', 'a', 'b')).toEqual([]);
  expect(follow('two', 'b', 'c')).toEqual(['/b one']);
  expect(follow('one', 'a', 'b', 'c')).toEqual([]);
  expect(follow('two', 'b', 'c')).toEqual(['/b one', '/c one']);
  expect(follow('one', 'a')).toEqual([]);
  expect(follow('two', 'b', 'c')).toEqual([]);
});

test('two sources that follow one file count it in both, and the second says so once, in its note and as an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-twice-'));
  const [log, link] = [join(folder, 'a.log'), join(folder, 'link.log')];
  writeFileSync(log, 'h - - [01/Jan/2025:00:00:00 +0000] "GET / HTTP/1.1" 200 1\n');
  linkSync(log, link);
  const file = { type: 'file', poll: '10ms', glob: '10ms' } as const;
  const config = collectorConfigSchema.parse({
    sources: { one: { ...file, include: [log] }, two: { ...file, include: [link] } },
    transforms: {
      access: { type: 'parse', inputs: ['one', 'two'] },
      requests: { type: 'log_to_metric', inputs: ['access'] },
    },
    sinks: { out: { type: 'vigie', inputs: ['requests'] } },
  });
  expect(followWarnings(config).map(({ path, message }) => [path.join('.'), message.split(';')[0]])).toEqual([
    ['sources.two.include', `${link} is followed by "one", too: its lines count in both`],
  ]);
  const said: string[] = [];
  const server = new IngestServer();
  const collector = createCollector({
    config,
    dataDir: join(folder, 'data'),
    name: 'here',
    transport: server,
    log: createLog('collector', { write: (line) => said.push(line) }),
    telemetry: new Telemetry(),
    clock: systemClock,
  });
  try {
    await collector.start();
    const note = `${link} is followed by one, too: its lines count in both.`;
    await vi.waitFor(() => {
      expect(new Set(server.watermarks.map((watermark) => watermark.note))).toEqual(new Set([note, undefined]));
      const total = server.series.filter((name) => name.startsWith('http_requests_total'));
      expect(total.map((name) => server.total(name))).toEqual([2]);
    }, PATIENCE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(said.filter((line) => line.includes('Two sources follow one file'))).toHaveLength(1);
    const errors = collector.status().components.map(({ id, errors: count }) => [id, count]);
    expect(Object.fromEntries(errors)).toMatchObject({ one: 0, two: 1 });
  } finally {
    await collector.stop();
    rmSync(folder, { recursive: true });
  }
});
