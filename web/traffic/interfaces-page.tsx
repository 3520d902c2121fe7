import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { TrafficInterface, TrafficOverview } from '../../server/model/traffic.ts';
import type { RateUnit } from '../../server/model/words/number-formats.ts';
import { usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import {
  BY_NAME,
  busyShare,
  type InterfaceOrder,
  nextOrder,
  orderInterfaces,
  searchInterfaces,
} from './interface-order.ts';
import { SortHeads } from './sort-heads.tsx';
import { Sparkline } from './sparkline.tsx';
import { UnitChoice, type UnitChoiceProps } from './unit-choice.tsx';
import { trafficWords } from './words.ts';

/** More rows than an eye takes in at once want a search field. */
const SEARCH_ABOVE = 8;

interface InterfacesPageProps extends UnitChoiceProps {
  readonly overview: TrafficOverview;
}

/** Every interface: a day at a glance, and what it does now. */
export function InterfacesPage({ overview, unit, onUnit }: InterfacesPageProps) {
  const { t } = useSpeech();
  const w = usePageWords(trafficWords);
  const { interfaces, left_out } = overview;
  return (
    <>
      <h1 class="title">{t('net_title')}</h1>
      {interfaces.length === 0 ? (
        <p class="empty">{w('none')}</p>
      ) : (
        <>
          <p class="objective">{w('lead')}</p>
          <UnitChoice unit={unit} onUnit={onUnit} />
          <InterfaceTable overview={overview} unit={unit} />
          {left_out > 0 && <p class="muted">{w('left_out', { count: left_out })}</p>}
        </>
      )}
    </>
  );
}

function InterfaceTable({ overview, unit }: { readonly overview: TrafficOverview; readonly unit: RateUnit }) {
  const speech = useSpeech();
  const w = usePageWords(trafficWords);
  const { t } = speech;
  const { interfaces, time } = overview;
  const order = useSignal<InterfaceOrder>(BY_NAME);
  const search = useSignal('');
  // Sorting moves rows; a row that is the same element as before is not rendered again.
  const rows = useMemo(
    () =>
      new Map(
        interfaces.map((one) => [
          one,
          <InterfaceRow key={keyOf(one)} of={one} now={time} unit={unit} speech={speech} />,
        ]),
      ),
    [interfaces, time, unit, speech],
  );
  const found = searchInterfaces(interfaces, search.value);
  const searchable = interfaces.length > SEARCH_ABOVE;
  return (
    <section aria-label={t('net_title')}>
      {searchable && (
        <div class="table-head">
          <label class="search">
            <span>{t('slo_search')}</span>
            <input
              type="search"
              placeholder={w('search_hint')}
              onInput={(event) => {
                search.value = event.currentTarget.value;
              }}
            />
          </label>
          <p class="muted" role="status">
            {w('found', { shown: found.length, count: interfaces.length })}
          </p>
        </div>
      )}
      {found.length === 0 ? (
        <p>{w('none_found', { text: search.value })}</p>
      ) : (
        <table class={searchable ? 'cards many' : 'cards'}>
          <SortHeads order={order.value} onSort={(column) => (order.value = nextOrder(order.value, column))} />
          <tbody>{orderInterfaces(found, order.value).map((one) => rows.get(one))}</tbody>
        </table>
      )}
    </section>
  );
}

interface InterfaceRowProps {
  readonly of: TrafficInterface;
  readonly now: number;
  readonly unit: RateUnit;
  readonly speech: Speech;
}

function InterfaceRow({ of, now, unit, speech }: InterfaceRowProps) {
  const { numbers, times } = speech;
  const w = usePageWords(trafficWords);
  const share = busyShare(of);
  const rate = (value: number | undefined): string => (value === undefined ? '–' : numbers.rate(value, unit));
  return (
    <tr>
      <th scope="row" class="slo-name">
        <a href={`/traffic/${encodeURIComponent(of.host)}/${encodeURIComponent(of.device)}`}>{of.device}</a>{' '}
        <span class="muted">{of.host}</span>
      </th>
      <td data-label={w('column_spark')} class="spark-cell">
        <Sparkline of={of} unit={unit} />
      </td>
      <td data-label={w('column_in')} class="number">
        {rate(of.in.current)}
      </td>
      <td data-label={w('column_out')} class="number">
        {rate(of.out.current)}
      </td>
      <td data-label={w('column_share')} class="number">
        {share === undefined ? '–' : numbers.percent(share)}
      </td>
      <td data-label={w('column_age')} class="number">
        {of.newest === undefined ? '–' : times.age((now - of.newest) / 1000)}
      </td>
    </tr>
  );
}

function keyOf({ host, device }: TrafficInterface): string {
  return JSON.stringify([host, device]);
}
