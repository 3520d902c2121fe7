import { RE2JS } from 're2js';
import type { Batch, Column, LogBatch } from '../batch.ts';
import type { Transform, TransformContext } from '../component.ts';
import { fieldText } from './field-text.ts';
import { type Condition, type FilterOptions, WHOLE_LINE } from './filter-options.ts';

/** What a field holds in one line; undefined: the line has none. */
type Value = string | number | undefined;
type Test = (value: Value) => boolean;

/** Keeps the lines for which every condition holds, none of which could not be parsed. Only `not_equals` holds for a field a line does not have. */
export function createFilter({ where }: FilterOptions, { telemetry }: TransformContext): Transform {
  const tests = where.map((condition) => ({ field: condition.field, holds: testOf(condition) }));
  return {
    type: 'filter',
    apply(batch: Batch): Batch | undefined {
      if (batch.kind !== 'logs') return batch;
      const { unparsed: _, ...lines } = batch;
      const readers = tests.map(({ field, holds }) => ({ read: readerOf(batch, field), holds }));
      const rows = batch.rows.filter((row) => readers.every(({ read, holds }) => holds(read(row))));
      const left = batch.rows.length - rows.length;
      if (left > 0) telemetry.discarded('filtered', true, left);
      return rows.length === 0 ? undefined : { ...lines, rows };
    },
  };
}

function readerOf(batch: LogBatch, field: string): (row: number) => Value {
  const column: Column | undefined = batch.fields.get(field);
  if (column === undefined && field === WHOLE_LINE) {
    return (row) => fieldText(batch.bytes, batch.start[row] ?? 0, batch.end[row] ?? 0, false);
  }
  if (column === undefined) return () => batch.attributes[field];
  if (column.type === 'number') return (row) => numberAt(column.values, row);
  if (column.type === 'word') return (row) => column.words[column.index[row] ?? -1];
  return (row) => {
    const start = column.start[row] ?? -1;
    return start < 0 ? undefined : fieldText(batch.bytes, start, column.end[row] ?? start, column.escaped);
  };
}

function numberAt(values: Float64Array, row: number): Value {
  const value = values[row] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

/** Numbers and their texts are the same value: `status` equals 200 and "200". */
function testOf(condition: Condition): Test {
  switch (condition.op) {
    case 'equals':
      return (value) => value !== undefined && String(value) === String(condition.value);
    case 'not_equals':
      return (value) => value === undefined || String(value) !== String(condition.value);
    case 'in': {
      const wanted = new Set(condition.value.map(String));
      return (value) => value !== undefined && wanted.has(String(value));
    }
    case 'prefix':
      return (value) => value !== undefined && String(value).startsWith(condition.value);
    case 'matches': {
      const pattern = RE2JS.compile(condition.value);
      return (value) => value !== undefined && pattern.matcher(String(value)).find();
    }
    case 'greater':
      return (value) => value !== undefined && Number(value) > condition.value;
    case 'less':
      return (value) => value !== undefined && Number(value) < condition.value;
  }
}
