import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { SloChangeBook } from '../../server/evaluation/slo-change-book.ts';
import type { Engine } from '../../server/model/engine.ts';
import { HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';

/** An SLO whose file changes, by store, rules and service as the server puts them together. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-slo-changes-'));
const slos = join(folder, 'slos');
mkdirSync(slos);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
let now: Ms = START;
const clock = { now: (): Ms => now };

function aMinuteLater(): Ms {
  now = ms(now + MINUTE);
  return now;
}

function write(objective: string, more = ''): void {
  const measured = 'window: 7d, availability: {total: all_total, bad: bad_total}';
  writeFileSync(
    join(slos, 'shop.yaml'),
    `slos:\n  - {id: shop, service: shop, objective: ${objective}, ${measured}${more}}\n`,
  );
}

/** Of 1,000 events 5 are bad. */
async function count(engine: Engine): Promise<void> {
  const time = (START - HOUR) / 1000;
  const rows = [[0, time, 1000] as const, [1, time, 5] as const];
  await new Queue().deliver(engine, countedEvents(rows, START), now);
}

async function openHouse() {
  const engine = openEngine({ dataDir: join(folder, 'data'), clock, log });
  const changes = await SloChangeBook.open(engine, log);
  const service = createSloService({ engine, folder: slos, proposed: ['blog'], changes, clock, log });
  await service.start();
  return {
    engine,
    service,
    seen: async () => {
      const detail = await service.detail('shop', {});
      return { left: detail.status.budget.left_ratio, changes: detail.changes };
    },
    close: async () => {
      service.stop();
      await engine.close();
    },
  };
}

const became = (from: string, to: string, time: Ms) => ({
  slo: 'shop',
  time,
  what: [{ key: 'objective', from, to }],
});

test('a changed SLO has its figures computed anew, says since when, and goes on over a restart', async () => {
  write('99%');
  let house = await openHouse();
  await count(house.engine);
  expect(await house.seen()).toEqual({ left: 0.5, changes: undefined });

  const first = aMinuteLater();
  write('98%');
  expect(await house.service.reload()).toEqual({ slos: 1, proposed: 1, changed: ['shop'] });
  const expected = [became('99%', '98%', first)];
  expect(await house.seen()).toEqual({ left: 0.75, changes: expected });

  aMinuteLater();
  write('98%', ', owner: somebody, alerts: none');
  expect(await house.service.reload()).toEqual({ slos: 1, proposed: 1 });
  write('97%', ', unheard_of: 1');
  await expect(house.service.reload()).rejects.toThrow('unheard_of');
  expect(await house.seen()).toEqual({ left: 0.75, changes: expected });
  await house.close();

  const second = aMinuteLater();
  write('99%');
  house = await openHouse();
  expect(await house.seen()).toEqual({ left: 0.5, changes: [became('98%', '99%', second), ...expected] });
  await house.close();
});

test('a proposal is recorded when it is kept', async () => {
  const house = await openHouse();
  const kept = async () =>
    (await house.engine.documents({ collection: 'slo_change', limit: 10 })).map(({ key }) => key);
  expect(await kept()).toEqual(['shop']);
  await house.service.keep('blog-availability');
  expect(await kept()).toEqual(['blog-availability', 'shop']);
  expect((await house.service.detail('blog-availability', {})).changes).toBeUndefined();
  await house.close();
});
