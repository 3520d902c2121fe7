import { expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, ms, SECOND } from '../../server/model/units.ts';
import { queryRange } from '../../server/promql/query.ts';
import type { QuerySeries } from '../../server/promql/queryable.ts';
import type { Store } from '../../server/store/store.ts';
import { NOW, openStore, Queue, type SampleRow, samples } from '../store/batches.ts';
import { seeded } from '../support/random.ts';

const RINGS = [
  { width: ms(10 * SECOND), span: HOUR },
  { width: MINUTE, span: ms(3 * HOUR) },
  { width: ms(5 * MINUTE), span: DAY },
];

/** Two days of samples, of which a day of slots and an hour of samples are left: resets, fractions, gaps and stale markers among them. */
function expired(): Store {
  const random = seeded(7);
  const store = openStore({ rings: RINGS });
  const queue = new Queue();
  let value = 0;
  for (let hour = 48; hour > 0; hour--) {
    const rows: SampleRow[] = [];
    for (let time = NOW - hour * HOUR + 20_000; time <= NOW - (hour - 1) * HOUR; time += 20_000 + random.below(3)) {
      if (random.below(200) === 0) time += 11 * MINUTE;
      value = random.below(50) === 0 ? random.next() : value + random.next() * 3;
      rows.push([time, random.below(40) === 0 ? 'stale' : value]);
    }
    queue.send(store, samples('counter', 'c_total', rows), ms(NOW - (hour - 1) * HOUR));
  }
  return store;
}

/** The answer as it is, and as it is when every window is asked for alone; and how often slots were used. */
function answers(store: Store, expr: string, from: number, to: number, step: number) {
  let used = 0;
  const over = (look: (series: QuerySeries) => QuerySeries) => {
    const select = () => store.view.select([]).map((id) => look(store.view.reader(id)));
    return queryRange({ select }, expr, ms(from), ms(to), ms(step));
  };
  const counted = over((series) => ({
    ...series,
    slots: (...range) => {
      const run = series.slots?.(...range);
      if (run !== undefined) used++;
      return run;
    },
  }));
  const single = over(({ samples: _samples, slots: _slots, ...series }) => series);
  return { counted, single, used };
}

test('windows of whole slots are answered from columns as they are one by one, to the bit', () => {
  const store = expired();
  const same = (expr: string, hours: number, step: number, want: 'slots' | 'windows', shift = 0) => {
    const { counted, single, used } = answers(store, expr, NOW - hours * HOUR + shift, NOW + shift, step);
    expect(counted, expr).toEqual(single);
    expect(counted.data.result, expr).not.toEqual([]);
    expect(used > 0 ? 'slots' : 'windows', expr).toBe(want);
  };
  same('rate(c_total[5m])', 23, 5 * MINUTE, 'slots');
  same('increase(c_total[1h])', 23, 5 * MINUTE, 'slots');
  same('delta(c_total[15m])', 20, 10 * MINUTE, 'slots');
  same('sum(rate(c_total[1h] offset 2h))', 12, HOUR, 'slots');
  // Beyond what any ring holds, and after the last sample.
  same('rate(c_total[15m])', 47, 5 * MINUTE, 'slots');
  same('rate(c_total[5m])', 5, 5 * MINUTE, 'slots', HOUR);
  // Borders that cut slots.
  same('rate(c_total[5m])', 20, 7 * MINUTE, 'windows');
  same('rate(c_total[7m])', 20, 5 * MINUTE, 'windows');
  same('rate(c_total[5m])', 20, 5 * MINUTE, 'windows', MINUTE);
  store.close();
});
