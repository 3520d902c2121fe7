import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { SloHistory, SloStatus } from '../../server/model/slo.ts';
import { hourlyBurn } from '../../server/model/slo-order.ts';
import type { SloName } from '../../server/model/words/slo-name-text.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { SortHead } from '../frame/sort-head.tsx';
import { LineText } from '../logs/line-text.tsx';
import { type Speech, useSpeech } from '../words/speech.ts';
import { BudgetBar } from './budget-bar.tsx';
import { DayBars } from './day-bars.tsx';
import { COLUMNS, type Column, nextOrder, orderSlos, type SloOrder, searchSlos, WORST_FIRST } from './slo-order.ts';
import { StateMark } from './state-mark.tsx';

/** More rows than an eye takes in at once want a search field. */
const SEARCH_ABOVE = 8;

const NUMERIC: ReadonlySet<Column> = new Set(['objective', 'attained', 'burn', 'age']);

interface SloTableProps {
  readonly slos: readonly SloStatus[];
  readonly name: SloName;
  readonly history?: SloHistory | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

export function SloTable({ slos, name, history, now }: SloTableProps) {
  const speech = useSpeech();
  const { t } = speech;
  const order = useSignal(WORST_FIRST);
  const search = useSignal('');
  const found = searchSlos(slos, search.value, speech.state);
  // Sorting moves rows; a row that is the same element as before is not rendered again.
  const rows = useMemo(
    () =>
      new Map(
        slos.map((slo) => [
          slo.id,
          <SloRow key={slo.id} slo={slo} name={name(slo)} history={history} now={now} speech={speech} />,
        ]),
      ),
    [slos, history, now, speech],
  );
  const searchable = slos.length > SEARCH_ABOVE;
  return (
    <section aria-labelledby="slos">
      <div class="table-head">
        <h2 id="slos">{t('slos')}</h2>
        {searchable && <SearchField text={search.value} onText={(text) => (search.value = text)} />}
        {searchable && (
          <p class="muted" role="status">
            {t('slo_found', { shown: found.length, count: slos.length })}
          </p>
        )}
      </div>
      {found.length === 0 ? (
        <p>{t('slo_none_found', { text: search.value })}</p>
      ) : (
        <table class={searchable ? 'cards many' : 'cards'}>
          <SortHeads order={order.value} onSort={(column) => (order.value = nextOrder(order.value, column))} />
          <tbody>{orderSlos(found, order.value).map(({ id }) => rows.get(id))}</tbody>
        </table>
      )}
    </section>
  );
}

function SearchField({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const { t } = useSpeech();
  return (
    <label class="search">
      <span>{t('slo_search')}</span>
      <input
        type="search"
        value={text}
        placeholder={t('slo_search_hint')}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}

function SortHeads({ order, onSort }: { readonly order: SloOrder; readonly onSort: (column: Column) => void }) {
  const { t } = useSpeech();
  return (
    <thead>
      <tr>
        {COLUMNS.flatMap((column) => {
          const head = (
            <SortHead
              key={column}
              name={t(`column_${column}`)}
              numeric={NUMERIC.has(column)}
              sorted={order.column === column ? (order.descending ? 'descending' : 'ascending') : undefined}
              onSort={() => onSort(column)}
            />
          );
          return column === 'age' ? [<DaysHead key="days" />, head] : [head];
        })}
      </tr>
    </thead>
  );
}

/** The one column nobody sorts by. */
function DaysHead() {
  const { t } = useSpeech();
  return <th scope="col">{t('column_days')}</th>;
}

interface SloRowProps {
  readonly slo: SloStatus;
  readonly name: string;
  readonly history: SloHistory | undefined;
  readonly now: number;
  readonly speech: Speech;
}

function SloRow({ slo, name, history, now, speech }: SloRowProps) {
  const { t, numbers, times } = speech;
  const burn = hourlyBurn(slo);
  const days = history?.burns[slo.id];
  const attained = slo.attained === undefined ? undefined : numbers.attained(slo.attained, slo.objective);
  return (
    <tr>
      <td data-label={t('column_state')}>
        <StateMark state={slo.state} />
      </td>
      <th scope="row" class="slo-name">
        <a href={`/slo/${encodeURIComponent(slo.id)}`}>
          <LineText text={name} />
        </a>{' '}
        {slo.proposed && <span class="tag">{t('proposed')}</span>}
      </th>
      <td data-label={t('column_owner')}>
        <LineText text={slo.owner} />
      </td>
      <td data-label={t('column_objective')} class="number">
        {numbers.objective(slo.objective)}
      </td>
      <td data-label={t('column_attained')} class="number">
        {attained ?? <Missing />}
      </td>
      <td data-label={t('column_budget')}>
        <BudgetBar slo={slo} />
      </td>
      <td data-label={t('column_burn')} class="number">
        {burn === undefined ? <Missing /> : numbers.times(burn)}
      </td>
      <td data-label={t('column_days')}>
        {history === undefined || days === undefined ? <Missing /> : <DayBars burns={days} days={history.days} />}
      </td>
      <td data-label={t('column_age')} class="number">
        {slo.as_of > 0 ? (
          <time dateTime={isoMoment(slo.as_of)}>{times.age((now - slo.as_of) / 1000)}</time>
        ) : (
          <Missing />
        )}
      </td>
    </tr>
  );
}

/** A dash for the eye, words for the ear. */
function Missing() {
  const { t } = useSpeech();
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="spoken">{t('none')}</span>
    </>
  );
}
