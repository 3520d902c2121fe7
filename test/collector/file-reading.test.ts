import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCollector } from '../../collector/collector.ts';
import { collectorConfigSchema } from '../../collector/config.ts';
import { systemClock } from '../../server/model/clock.ts';
import { createLog } from '../../server/runtime/log.ts';
import { Telemetry } from '../../server/runtime/telemetry.ts';
import { IngestServer } from '../support/ingest-server.ts';
import { PATIENCE } from '../support/patience.ts';

const TAIL = '[17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1';
const FILES: Readonly<Record<string, string>> = {
  combined: `h - - ${TAIL} "-" "-"\n`.repeat(3),
  vhost: `shop.example:80 h - - ${TAIL} "-" "-"\n`,
  mixed: `h - - ${TAIL}\nh - - ${TAIL.replace('"GET', 'GET')}\n`,
  foreign: '{"status":200}\n{"status":500}\n',
  empty: '',
};

/** Each file of a source with what the status page says of it. */
test('the format of each file is told, and where the first line of it that cannot be read goes wrong', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-reading-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'log'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, 'log', name), text);
  const collector = createCollector({
    config: collectorConfigSchema.parse({
      sources: { logs: { type: 'file', include: [join(folder, 'log', '*'), join(folder, 'nothing')] } },
      transforms: { parsed: { type: 'parse', inputs: ['logs'] } },
      sinks: { out: { type: 'blackhole', inputs: ['parsed'] } },
    }),
    dataDir: folder,
    name: 'here',
    transport: new IngestServer(),
    log: createLog('collector', { write: () => {} }),
    telemetry: new Telemetry(),
    clock: systemClock,
  });
  await collector.start();
  onTestFinished(() => collector.stop());
  const files = () =>
    (collector.status().components.find(({ id }) => id === 'logs')?.files ?? [])
      .map(({ path, state, format, note }) => [path.slice(folder.length), state, format, note])
      .toSorted();
  const wrong = (lines: string, column: number) =>
    `${lines} lines cannot be parsed: column ${column}: want a time such as [17/May/2015:10:05:03 +0000] and a quoted request`;
  await vi.waitFor(
    () =>
      expect(files()).toEqual([
        ['/log/combined', 'complete', 'combined', undefined],
        ['/log/empty', 'complete', undefined, undefined],
        ['/log/foreign', 'unparseable', undefined, wrong('2 of 2', 1)],
        ['/log/mixed', 'complete', 'common', wrong('1 of 2', 7)],
        ['/log/vhost', 'complete', 'vhost_combined', undefined],
        ['/nothing', 'missing', undefined, undefined],
      ]),
    PATIENCE,
  );
});
