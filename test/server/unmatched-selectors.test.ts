import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSloFiles } from '../../rules/files/slo-file.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { selectorFacts, unmatchedSelectors } from '../../server/evaluation/unmatched-selectors.ts';
import { seriesWarnings } from '../../server/main/check-series.ts';
import { ms } from '../../server/model/units.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';

/** Selectors that find nothing, in a store that has `all_total` and `bad_total`. */
const END = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-unmatched-'));
const engine = openEngine({
  ...{ dataDir: join(folder, 'data'), clock: { now: () => END } },
  log: createLog('test', { write: () => {} }),
});

beforeAll(async () => {
  const rows = [
    [0, END / 1000 - 50, 9],
    [1, END / 1000 - 40, 1],
  ] as const;
  await new Queue().deliver(engine, countedEvents(rows, END), END);
});

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const TEXT = `slos:
  - {id: fine, service: s, objective: 99%, window: 7d, availability: {total: all_total, bad: bad_total}}
  - {id: half, service: s, objective: 99%, window: 7d, availability: {total: all_total, bad: 'bad_total{code=~"5.."}'}}
  - id: none
    service: s
    objective: 99%
    window: 7d
    latency: {histogram: request_seconds, threshold: 300ms}
  - {id: asked, service: s, objective: 99%, window: 7d, query: {expr: max(nothing) / max(all_total), good: < 1, every: 1m}}
  - {id: both, service: s, objective: 99%, window: 7d, composite: {parts: [{slo: fine, weight: 1}, {slo: none, weight: 1}]}}
`;

test('the selectors of definitions that find no series, and since when the others count', async () => {
  const { slos, problems } = readSloFiles([{ path: 'a.yaml', text: TEXT }], parseSelector);
  expect(problems).toEqual([]);
  expect(await unmatchedSelectors(engine, slos)).toEqual([
    { slo: 'half', selector: 'bad_total{code=~"5.."}', since: END - 50_000 },
    { slo: 'none', selector: 'request_seconds_count' },
    { slo: 'none', selector: 'request_seconds_bucket' },
    { slo: 'asked', selector: 'nothing', since: END - 50_000 },
  ]);
});

test('vigie check warns of them where they are written', async () => {
  mkdirSync(join(folder, 'slos'));
  const file = join(folder, 'vigie.yaml');
  writeFileSync(file, 'sources: {}\n');
  writeFileSync(join(folder, 'slos', 'a.yaml'), TEXT);
  const ask = async (selectors: readonly string[]) => (await selectorFacts(engine, { selectors })).facts;
  const warnings = await seriesWarnings(file, {}, ask);
  expect(warnings.map((line) => line.replace(`${folder}/slos/a.yaml:`, '').replace(/: nothing of .*/, ''))).toEqual([
    '3:89: warning: no series matches bad_total{code=~"5.."}',
    '8:15: warning: no series matches request_seconds_count',
    '9:65: warning: no series matches nothing',
  ]);
});

test('vigie check asks about any number of them', async () => {
  const slo = (i: number) =>
    `  - {id: s${i}, service: s, objective: 99%, window: 7d, availability: {total: all_total, bad: none${i}_total}}\n`;
  const file = join(mkdtempSync(join(folder, 'many-')), 'vigie.yaml');
  writeFileSync(file, 'sources: {}\n');
  mkdirSync(join(file, '..', 'slos'));
  writeFileSync(
    join(file, '..', 'slos', 'a.yaml'),
    `slos:\n${Array.from({ length: 1001 }, (_, i) => slo(i)).join('')}`,
  );
  const ask = async (selectors: readonly string[]) => (await selectorFacts(engine, { selectors })).facts;
  expect(await seriesWarnings(file, {}, ask)).toHaveLength(1001);
});

describe('what is no question about series is refused', () => {
  const f = (body: unknown, want: string) =>
    test(JSON.stringify(body), () => expect(selectorFacts(engine, body)).rejects.toThrow(want));
  f({}, 'cannot look for series: selectors: missing; want');
  f({ selectors: [] }, 'want at least one selector');
  f({ selectors: ['rate(a[5m])'] }, 'cannot read selector');
  f({ selectors: ['a{'] }, 'want "}", which closes "a{"');
});
