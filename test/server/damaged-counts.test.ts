import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { speakerIn } from '../../server/evaluation/sentences.ts';
import type { Engine } from '../../server/model/engine.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { type Ms, ms, SECOND } from '../../server/model/units.ts';
import { LANGUAGES, reasonSentence } from '../../server/model/words/words.ts';
import { parseSelector } from '../../server/promql/parse.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';
import { changeFile } from '../store/full-store.ts';

const NOW = ms(1_800_000_000_000);
const folder = mkdtempSync(join(tmpdir(), 'vigie-damaged-counts-'));
afterAll(() => rmSync(folder, { recursive: true }));
const dataDir = join(folder, 'data');
const log = createLog('test', { write: () => {} });

const SLOS = `slos:
  - {id: shop, service: shop, objective: 99%, window: 7d, availability: {total: all_total, bad: bad_total}}
  - {id: all, service: front, objective: 99%, window: 7d, composite: {parts: [{slo: shop, weight: 1}, {slo: other, weight: 1}]}}
  - {id: other, service: other, objective: 99%, window: 7d, availability: {total: other_total, bad: none_total}}
`;

/** The statuses of evaluations one after the other; what a first one finds unreadable a second one tells. */
async function evaluations(engine: Engine, count: number): Promise<readonly ReadonlyMap<string, SloStatus>[]> {
  let now = NOW;
  const clock = { now: (): Ms => now };
  const service = createSloService({ engine, folder: join(folder, 'slos'), proposed: [], clock, log });
  const found: ReadonlyMap<string, SloStatus>[] = [];
  for (let i = 0; i < count; i++) {
    now = ms(NOW + 10 * i * SECOND);
    found.push(new Map((await service.current()).slos.map((slo) => [slo.id, slo])));
  }
  return found;
}

const open = (): Engine => openEngine({ dataDir, clock: { now: () => NOW }, log });
const told = (slo: SloStatus | undefined): readonly string[] => slo?.reasons.map(({ code }) => code) ?? [];

test('an SLO whose counts lie in a damaged page says so, and no other', async () => {
  mkdirSync(join(folder, 'slos'));
  writeFileSync(join(folder, 'slos', 'a.yaml'), SLOS);
  const filled = open();
  const rows = Array.from({ length: 40 }, (_, i) => [0, NOW / 1000 - (i + 1) * 120, 100] as const);
  await new Queue().deliver(filled, countedEvents(rows, NOW), NOW);
  const [whole] = await evaluations(filled, 1);
  expect(told(whole?.get('shop'))).not.toContain('data_damaged');
  await filled.close();
  changeFile(dataDir, (db) => db.exec('UPDATE page SET body = zeroblob(length(body))'));

  const engine = open();
  const last = (await evaluations(engine, 2)).at(-1);
  expect(last?.get('shop')?.counts.total).toBeLessThan(whole?.get('shop')?.counts.total ?? 0);
  expect(['shop', 'all', 'other'].map((id) => told(last?.get(id)).includes('data_damaged'))).toEqual([
    true,
    true,
    false,
  ]);
  expect((await engine.facts([parseSelector('all_total')])).map(({ damaged }) => damaged)).toEqual([true]);
  await engine.close();
});

test.each(LANGUAGES)('the sentence, %s', (language) => {
  const said = reasonSentence({ code: 'data_damaged', args: { service: 'shop' } }, speakerIn(language));
  expect(said).toMatch(/shop .*vigie doctor/);
});
