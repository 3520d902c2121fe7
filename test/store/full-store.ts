import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Ms } from '../../server/model/units.ts';
import { databaseFile } from '../../server/store/data-dir.ts';
import { type Examination, examine } from '../../server/store/doctor/examination.ts';
import { openSnapshot } from '../../server/store/doctor/snapshot.ts';
import { Store } from '../../server/store/store.ts';
import { seeded } from '../support/random.ts';
import { hitsOf, lineOf, randomRequests } from '../web-log/requests.ts';
import { increments, NOW, Queue, samples } from './batches.ts';
import { linesOf } from './logs/lines.ts';

const T = NOW / 1000;
const DAY_SECS = 86_400;

/** A store with something in each of its tables: ten days of sums, two of samples, lines, requests and documents. */
export function fillStore(dataDir: string, seed: number): Store {
  const random = seeded(seed);
  const store = new Store({ dataDir, durable: false });
  const queue = new Queue();
  const names = ['a_total', 'b_total', 'c_total'];
  // Oldest first, so that every ring takes what it holds.
  for (let day = 9; day >= 0; day--) {
    const rows = Array.from({ length: 400 }, () => {
      return [random.below(3), T - day * DAY_SECS - random.below(DAY_SECS), 1 + random.below(5)] as const;
    });
    queue.send(
      store,
      increments(
        names,
        rows.toSorted((x, y) => x[1] - y[1]),
      ),
    );
  }
  const times = Array.from({ length: 500 }, (_, i) => NOW - (500 - i) * 60_000);
  queue.send(
    store,
    samples(
      'counter',
      'octets',
      times.map((time, i) => [time, i * 10 + random.below(10)]),
    ),
  );
  queue.send(
    store,
    samples(
      'gauge',
      'load',
      times.map((time) => [time, random.below(100)]),
    ),
  );
  for (let i = 0; i < 4; i++) queue.send(store, linesOf([{ time: NOW - i, text: `line ${i} of the shop` }]));
  const requests = randomRequests(random, 60, NOW - 2 * DAY_SECS * 1000, 2);
  queue.send(store, { v: 1, source: 's', series: [], hits: hitsOf(requests.map(lineOf)) });
  store.documents.change([{ op: 'put', collection: 'silence', key: 'k', body: { quiet: true } }]);
  return store;
}

/** What the doctor finds in the database of a folder. */
export function examined(dataDir: string): Examination {
  const snapshot = openSnapshot(databaseFile(dataDir));
  try {
    const work = examine(snapshot.db);
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
    }
  } finally {
    snapshot.close();
  }
}

export function changeFile(dataDir: string, change: (db: Database.Database) => void): void {
  const db = new Database(databaseFile(dataDir));
  try {
    change(db);
  } finally {
    db.close();
  }
}

/** Flips one bit of a body where it lies in the file, behind the back of SQLite; and of what an older version of its page left of it. */
export function flipOnDisk(dataDir: string, body: Buffer, at: number): void {
  const file = readFileSync(databaseFile(dataDir));
  if (!file.includes(body)) throw new Error('the body does not lie in one piece');
  for (let start = file.indexOf(body); start >= 0; start = file.indexOf(body, start)) {
    const place = start + (at % body.length);
    file[place] = (file[place] ?? 0) ^ 1;
  }
  writeFileSync(databaseFile(dataDir), file);
}

/** Counts of every series in windows of all sizes, as a text per window. */
export function countsOf(store: Store, ends: readonly Ms[], spans: readonly number[]): string[] {
  const ids = store.view.select([]);
  return ends.flatMap((end) =>
    spans.flatMap((span) =>
      ids.map((id) => {
        const { n, sum, window } = store.view.countWindow([id], { start: (end - span) as Ms, end });
        return `${id} ${window.start} ${window.end}: ${n} ${sum}`;
      }),
    ),
  );
}
