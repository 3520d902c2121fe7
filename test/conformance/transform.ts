import { describe, expect, test } from 'vitest';
import type { Batch, LogBatch } from '../../collector/batch.ts';
import type { Transform, TransformContext } from '../../collector/component.ts';
import { listen } from '../support/log-lines.ts';

/** What every transform promises (`collector/component.ts`). `batches` make it do all it can. */
export function testTransform(
  name: string,
  create: (context: TransformContext) => Transform,
  batches: readonly LogBatch[],
): void {
  describe(`transform ${name}`, () => {
    const run = (transform: Transform, batch: Batch): Batch | undefined => {
      const out = transform.apply(batch);
      transform.memory?.settle(true);
      return out;
    };

    test('never writes into the batch it was given', () => {
      const transform = create(listen().context);
      for (const batch of batches) {
        const before = structuredClone(batch);
        run(transform, batch);
        expect(structuredClone(batch)).toEqual(before);
      }
    });

    test('carries nothing over: a batch gives the same whatever came before', () => {
      const used = create(listen().context);
      for (const batch of batches) run(used, batch);
      for (const batch of batches) expect(run(used, batch)).toEqual(run(create(remembering(used)), batch));
    });

    test('gives the same again when the commit failed', () => {
      const transform = create(listen().context);
      for (const batch of batches) {
        const first = transform.apply(batch);
        const learned = transform.memory?.learned();
        transform.memory?.settle(false);
        expect(transform.apply(batch)).toEqual(first);
        expect(transform.memory?.learned()).toEqual(learned);
        transform.memory?.settle(true);
      }
    });

    test('what it gives holds together', () => {
      const transform = create(listen().context);
      for (const batch of batches) expectWhole(run(transform, batch), batch);
    });

    const remembering = (used: Transform): TransformContext => {
      const items = new Set<string>();
      const copy = create(listen().context);
      for (const batch of batches) {
        copy.apply(batch);
        for (const item of copy.memory?.learned() ?? []) items.add(item);
        copy.memory?.settle(true);
      }
      expect(used.type).toBe(copy.type);
      return listen([...items]).context;
    };
  });
}

function expectWhole(out: Batch | undefined, given: LogBatch): void {
  if (out === undefined) return;
  if (out.kind === 'logs') {
    const both = [...out.rows, ...(out.unparsed ?? [])];
    expect(both.length).toBeGreaterThan(0);
    expect(new Set(both).size).toBe(both.length);
    expect(both.every((row) => given.rows.includes(row))).toBe(true);
    for (const rows of [out.rows, out.unparsed ?? []]) {
      expect([...rows].every((row, i) => i === 0 || row > rows[i - 1]!)).toBe(true);
    }
    return;
  }
  if (out.kind === 'hits') {
    const sumOf = (all: readonly number[] = []): number => all.reduce((sum, value) => sum + value, 0);
    expect(sumOf(out.tables.map(({ rows }) => sumOf(rows.hour?.requests)))).toBe(out.lines);
    for (const { rows } of out.tables) {
      const { not_found: _some, ...whole } = rows;
      for (const columns of Object.values(whole)) expect(sumOf(columns.requests)).toBe(sumOf(rows.hour?.requests));
    }
    return;
  }
  const { series, time, n, sum } = out.increments;
  expect([time.length, n.length, sum.length]).toEqual([series.length, series.length, series.length]);
  expect(series.every((index) => out.series[index] !== undefined)).toBe(true);
  expect(n.every((events) => Number.isSafeInteger(events) && events >= 1)).toBe(true);
  expect(time.every(Number.isSafeInteger) && sum.every(Number.isFinite)).toBe(true);
}
