import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { SortHeads } from '../frame/sort-heads.tsx';
import { TableAway } from '../frame/table-away.tsx';
import { orderTable, type TableOrder } from '../frame/table-order.ts';
import { LineText } from '../logs/line-text.tsx';
import { pageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { type InstantRow, labelsOfRows } from './instant-answer.ts';
import { Notes } from './notes.tsx';
import { graphPageWords } from './words.ts';

export interface InstantTableProps {
  /** The moment that was asked for, ms. */
  readonly time: number;
  readonly rows: readonly InstantRow[];
  readonly notes: readonly string[];
}

/** Nobody reads more; the copy and the file have them all. */
const MOST_ROWS = 500;

interface Column {
  readonly column: string;
  readonly name: string;
  readonly numeric?: boolean;
  /** What it is sorted by. */
  readonly value: (row: InstantRow) => number | string | undefined;
  readonly text: (row: InstantRow) => string;
  /** Where its figures read better with their separators. */
  readonly shown?: (row: InstantRow) => string;
}

/** Every series with its value at one moment: sorted by any label, and taken away as text or CSV. */
export function InstantTable({ time, rows, notes }: InstantTableProps) {
  const { times } = useSpeech();
  const w = usePageWords(graphPageWords);
  const columns = useColumns(rows);
  const order = useSignal<TableOrder<string>>({ column: VALUE, descending: true });
  const sorted = useMemo(() => {
    const values = Object.fromEntries(columns.map(({ column, value }) => [column, value]));
    return orderTable(rows, values, values[order.value.column] ? order.value : { column: VALUE, descending: true });
  }, [rows, columns, order.value]);
  if (rows.length === 0) {
    return (
      <>
        <p class="empty">{w('none')}</p>
        <Notes notes={notes} />
      </>
    );
  }
  const title = w('instant', { moment: times.moment(time) });
  const cells = () => [columns.map(({ name }) => name), ...sorted.map((row) => columns.map(({ text }) => text(row)))];
  return (
    <div class="instant">
      <div class="table-head">
        <h2>{title}</h2>
        <TableAway title={title} cells={cells} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section class="table-scroll" aria-label={title} tabIndex={0}>
        <table>
          <SortHeads columns={columns} order={order.value} onOrder={(next) => (order.value = next)} />
          <tbody>
            {sorted.slice(0, MOST_ROWS).map((row, i) => (
              <Row key={i} row={row} columns={columns} />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > MOST_ROWS && <p class="muted">{w('rows_cut', { shown: MOST_ROWS, count: rows.length })}</p>}
      <Notes notes={notes} />
    </div>
  );
}

function Row({ row, columns }: { readonly row: InstantRow; readonly columns: readonly Column[] }) {
  return (
    <tr>
      {columns.map(({ column, numeric = false, text, shown = text }) => (
        <td key={column} class={numeric ? 'number' : 'mono'} title={numeric ? text(row) : undefined}>
          <LineText text={shown(row)} />
        </td>
      ))}
    </tr>
  );
}

/** No label is called so. */
const [LETTER, TIME, VALUE] = [' letter', ' time', ' value'];

/** The query where there are several, a column for each label, the time where one series has many values, and the value. */
function useColumns(rows: readonly InstantRow[]): readonly Column[] {
  const speech = useSpeech();
  return useMemo(() => columnsOf(rows, speech), [rows, speech]);
}

function columnsOf(rows: readonly InstantRow[], { language, times, numbers }: Speech): readonly Column[] {
  const w = pageSay(graphPageWords, language);
  const several = rows.some(({ letter }) => letter !== rows[0]?.letter);
  const timed = rows.some(({ time }) => time !== rows[0]?.time);
  const labels = labelsOfRows(rows).map((label): Column => {
    const text = ({ metric }: InstantRow): string => metric[label] ?? '';
    return {
      column: label,
      name: label === '__name__' ? w('metric') : label,
      value: ({ metric }) => metric[label],
      text,
    };
  });
  const letter: Column = {
    column: LETTER,
    name: w('letter'),
    value: (row) => row.letter,
    text: (row) => row.letter,
  };
  const time: Column = {
    column: TIME,
    name: w('time'),
    value: (row) => row.time,
    text: (row) => new Date(row.time).toISOString(),
    shown: (row) => times.moment(row.time),
  };
  const value: Column = {
    column: VALUE,
    name: w('value'),
    numeric: true,
    value: (row) => sortable(row.value),
    text: (row) => row.value,
    shown: (row) => (Number.isFinite(Number(row.value)) ? numbers.scaled(Number(row.value)) : row.value),
  };
  return [...(several ? [letter] : []), ...labels, ...(timed ? [time] : []), value];
}

/** What is no number stands last. */
function sortable(value: string): number | undefined {
  if (value === '+Inf') return Number.POSITIVE_INFINITY;
  if (value === '-Inf') return Number.NEGATIVE_INFINITY;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
