import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { BY_REQUESTS, HIT_COLUMNS, type HitOrder, type HitRow, nextOrder, orderRows, searchRows } from './hit-rows.ts';
import { TableTools } from './table-tools.tsx';
import { useWebLogWords } from './use-web-log-words.ts';
import { webLogPageWords } from './words.ts';

export interface HitTableProps {
  readonly title: string;
  /** Head of the first column. */
  readonly name: string;
  readonly rows: readonly HitRow[];
  /** All that is not in `rows`: the sum stays exact. */
  readonly other?: HitRow | undefined;
  /** Requests that shares are of. */
  readonly whole: number;
  /** Heads of the further columns, and whether they hold numbers. */
  readonly more?: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly order?: HitOrder;
  /** Asks for names that are not in `rows`; absent when all that are kept are here. */
  readonly onMore?: (() => void) | undefined;
}

/** More rows than an eye takes in at once. */
const FEW = 10;

/** Names with their figures: searched, sorted, copied; a bar behind the requests shows their share. */
export function HitTable(props: HitTableProps) {
  const { title, rows, other, order: first = BY_REQUESTS, onMore } = props;
  const w = usePageWords(webLogPageWords);
  const order = useSignal(first);
  const search = useSignal('');
  const all = useSignal(false);
  const found = useMemo(
    () => orderRows(searchRows(rows, search.value), order.value),
    [rows, search.value, order.value],
  );
  const shown = all.value ? found : found.slice(0, FEW);
  return (
    <>
      <div class="hit-tools">
        {rows.length > FEW && (
          <label class="search">
            <span>{w('search')}</span>
            <input
              type="search"
              aria-label={`${w('search')}: ${title}`}
              onInput={(event) => {
                search.value = event.currentTarget.value;
                // A name may be among those that are not listed yet.
                if (other !== undefined) onMore?.();
              }}
            />
            <span class="muted" role="status">
              {search.value !== '' && w('found', { shown: found.length, count: rows.length })}
            </span>
          </label>
        )}
        <TableTools {...props} rows={other === undefined ? found : [...found, other]} />
      </div>
      {found.length === 0 ? (
        <p>{w('none_found', { text: search.value })}</p>
      ) : (
        <table class="hits">
          <Heads {...props} order={order.value} onOrder={(next) => (order.value = next)} />
          <tbody>
            {shown.map((row) => (
              <Row key={row.name} row={row} {...props} />
            ))}
            {other !== undefined && search.value === '' && <Row row={other} {...props} />}
          </tbody>
        </table>
      )}
      <p class="hit-tools hit-on">
        {found.length > FEW && (
          <Tool
            title={title}
            text={w(all.value ? 'show_fewer' : 'show_all', { count: found.length })}
            onClick={() => (all.value = !all.value)}
          />
        )}
        {other !== undefined && onMore !== undefined && <Tool title={title} text={w('more_names')} onClick={onMore} />}
      </p>
    </>
  );
}

interface ToolProps {
  /** Of the table: there are many on the page. */
  readonly title: string;
  readonly text: string;
  readonly onClick: () => void;
}

function Tool({ title, text, onClick }: ToolProps) {
  return (
    <button type="button" aria-label={`${title}: ${text}`} onClick={onClick}>
      {text}
    </button>
  );
}

interface HeadsProps extends HitTableProps {
  readonly order: HitOrder;
  readonly onOrder: (order: HitOrder) => void;
}

function Heads({ name, more = [], order, onOrder }: HeadsProps) {
  const w = usePageWords(webLogPageWords);
  const say = useWebLogWords();
  return (
    <thead>
      <tr>
        {HIT_COLUMNS.flatMap((column) => {
          const sorted = order.column === column;
          const text = column === 'name' ? name : say(column);
          const head = (
            <th
              key={column}
              scope="col"
              class={column === 'name' ? undefined : 'number'}
              aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button
                type="button"
                title={w('sort_by', { column: text })}
                onClick={() => onOrder(nextOrder(order, column))}
              >
                {text}
                <span class="sort-arrow" aria-hidden="true">
                  {sorted ? (order.descending ? '↓' : '↑') : ''}
                </span>
              </button>
            </th>
          );
          if (column !== 'requests') return [head];
          const share = (
            <th key="share" scope="col" class="number">
              {say('share')}
            </th>
          );
          return [head, share];
        })}
        {more.map(({ name: text, isNumber }) => (
          <th key={text} scope="col" class={isNumber ? 'number' : undefined}>
            {text}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Row({ row, whole, more = [] }: Pick<HitTableProps, 'whole' | 'more'> & { readonly row: HitRow }) {
  const { numbers } = useSpeech();
  const say = useWebLogWords();
  const share = whole === 0 ? 0 : row.requests / whole;
  return (
    <tr>
      <th scope="row" class={row.aside ? 'muted' : 'mono hit-name'}>
        {row.aside ? row.name : <LineText text={row.name} />}
      </th>
      <td data-label={say('requests')} class="number hit-bar" style={{ '--share': `${share * 100}%` }}>
        {numbers.count(row.requests)}
      </td>
      <td data-label={say('share')} class="number">
        {numbers.percent(share)}
      </td>
      <td data-label={say('ok')} class="number">
        {numbers.count(row.ok)}
      </td>
      <td data-label={say('pages')} class="number">
        {numbers.count(row.pages)}
      </td>
      <td data-label={say('bytes')} class="number">
        {numbers.bytes(row.bytes)}
      </td>
      {more.map(({ name, isNumber }, i) => (
        <td key={name} data-label={name} class={isNumber ? 'number' : 'mono hit-name'}>
          <LineText text={row.more?.[i] || '–'} />
        </td>
      ))}
    </tr>
  );
}
