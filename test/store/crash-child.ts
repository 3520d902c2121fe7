import { createHash } from 'node:crypto';
import { labelEquals } from '../../server/model/labels.ts';
import { DEFAULT_RINGS } from '../../server/model/rings.ts';
import { ms } from '../../server/model/units.ts';
import { Store } from '../../server/store/store.ts';
import { blockOf } from '../support/line-columns.ts';

/**
 * Sends batches of one increment and one line each, prints the sequence of each acknowledged one, and kills itself at the named point the
 * `hits`-th time it comes by.
 */
const [dataDir, point, hits] = process.argv.slice(2);
let left = Number(hits);
const onPoint = (name: string): void => {
  if (name === point && --left === 0) process.kill(process.pid, 'SIGKILL');
};
const now = ms(1_800_000_000_000);
/** Rings of other steps, chosen in turn with the usual ones. */
const CHOICES = [DEFAULT_RINGS.map(({ width, span }) => ({ width: ms(width * 2), span })), DEFAULT_RINGS];
const dataSources = [
  { matchers: [labelEquals('__name__', 'x')], source: { type: 'COUNTER', heartbeat_secs: 600 } as const },
];
const store = new Store({ dataDir: dataDir ?? '', onPoint, dataSources });
const acked = { sequence: 0, digest: '' };
const hello = store.hello({ collector: 'c1', sink: 'vigie', epoch: 0, acked, queued: [] }, now);
const epoch = hello.result === 'rewind' ? hello.epoch : 0;
for (let sequence = 1; sequence <= 30; sequence++) {
  const time = now / 1000 - sequence * 60;
  const series = ['sum', 'counter'].map((kind) => ({ kind, name: kind === 'sum' ? 'a' : 'x', labels: {} }));
  const samples = { series: [1], time: [now - (30 - sequence) * 60_000], value: [sequence] };
  const increments = { series: [0], time: [time], n: [1], sum: [1] };
  const lines = { streams: [{}], stream: [0], time: [time * 1000], level: [-1], text: [`line ${sequence}`] };
  const body = { v: 1, source: 's', series, increments, samples, lines: [blockOf(lines)], positions: { f: sequence } };
  const payload = Buffer.from(JSON.stringify(body));
  const digest = createHash('sha256').update(payload).digest('hex');
  const [answer] = store.commit(
    [{ envelope: { collector: 'c1', sink: 'vigie', epoch, sequence, digest }, payload }],
    now,
  );
  process.stdout.write(`${answer?.result === 'applied' ? sequence : 'refused'}\n`);
  if (sequence % 5 === 0) {
    store.chooseRings({ rings: CHOICES[(sequence / 5) % 2] ?? DEFAULT_RINGS, rules: [] });
    store.convertSeries(now);
  }
  if (sequence % 4 !== 0) continue;
  store.flush(ms(now + 3_600_000), 3);
  store.tendLogs(now);
}
