import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { queriedBy } from './support/instant-query.ts';
import { freePort } from './support/ports.ts';
import { type Forward, hasRsyslog, startRsyslog } from './support/rsyslog.ts';
import { startVigie } from './support/vigie-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-syslog-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The messages counted, by severity; as soon as there are that many. */
async function countedMessages(url: string, wanted: number): Promise<Record<string, number>> {
  for (let tries = 0; ; tries++) {
    const counts = await queriedBy(url, 'severity', 'sum by (severity) (syslog_messages_total{app="shop"})');
    if (Object.values(counts).reduce((sum, n) => sum + n, 0) >= wanted || tries === 200) return counts;
    await sleep(50);
  }
}

describe.skipIf(!hasRsyslog)('the real rsyslogd forwards to vigie run', () => {
  const forwards = (name: string, forward: Omit<Forward, 'port'>): void => {
    test(name, async () => {
      const home = join(folder, name.replaceAll(' ', '-'));
      mkdirSync(home);
      const port = await freePort();
      writeFileSync(
        join(home, 'vigie.yaml'),
        `sources: {syslog: {type: syslog, address: '127.0.0.1:${port}'}}
transforms:
  messages:
    type: log_to_metric
    inputs: [syslog]
    metrics:
      - type: counter
        name: syslog_messages_total
        tags: {host: '{{host}}', app: '{{app}}', facility: '{{facility}}', severity: '{{severity}}'}
sinks: {vigie: {type: vigie, inputs: [messages]}}
`,
      );
      const vigie = await startVigie(['run', '--data-dir', 'data', '--listen', '127.0.0.1:0'], home);
      const rsyslog = await startRsyslog(join(home, 'rsyslog'), { ...forward, port });
      try {
        await rsyslog.log('mail.err', 'shop', 'a <b>hostile</b> \u202e line');
        await rsyslog.log('local0.info', 'shop', 'one');
        await rsyslog.log('local0.info', 'shop', 'two');
        expect(await countedMessages(vigie.url, 3)).toEqual({ err: 1, info: 2 });
      } finally {
        await rsyslog.stop();
        await vigie.stop();
      }
    });
  };
  forwards('over UDP as RFC 3164', { protocol: 'udp', template: 'RSYSLOG_TraditionalForwardFormat' });
  forwards('over TCP as lines', { protocol: 'tcp', template: 'RSYSLOG_TraditionalForwardFormat' });
  forwards('over TCP as counted RFC 5424', {
    protocol: 'tcp',
    framing: 'octet-counted',
    template: 'RSYSLOG_SyslogProtocol23Format',
  });
});
