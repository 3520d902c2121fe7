import { useSignal } from '@preact/signals';
import type { Alert } from '../../server/model/alerts.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import type { Failure } from '../api/answer.ts';
import { SortHeads } from '../frame/sort-heads.tsx';
import { TableAway } from '../frame/table-away.tsx';
import { orderTable } from '../frame/table-order.ts';
import { type PageSay, usePageWords } from '../words/page-words.ts';
import { type Speech, useSpeech } from '../words/speech.ts';
import { endOf, HISTORY_COLUMNS, HISTORY_VALUES, lengthOf, NEWEST_FIRST } from './history-order.ts';
import { HistoryRow } from './history-row.tsx';
import { searchAlerts } from './search-alerts.ts';
import { type AlertWord, alertWords } from './words.ts';

interface HistoryProps {
  readonly history: readonly Alert[];
  readonly onMore: (() => void) | undefined;
  /** Why the alerts asked for last with `onMore` are not among them. */
  readonly moreFailure: Failure | undefined;
}

/** More rows than an eye takes in at once want a search field. */
const SEARCH_ABOVE = 8;

/** Alerts that are over, newest first; each opens in place. */
export function History({ history, onMore, moreFailure }: HistoryProps) {
  const w = usePageWords(alertWords);
  const speech = useSpeech();
  const search = useSignal('');
  const order = useSignal(NEWEST_FIRST);
  const found = orderTable(searchAlerts(history, search.value), HISTORY_VALUES, order.value);
  return (
    <section aria-labelledby="history">
      <div class="table-head">
        <h2 id="history">{w('history')}</h2>
        {history.length > SEARCH_ABOVE && (
          <label class="search">
            <span>{w('history_search')}</span>
            <input
              type="search"
              placeholder={w('history_search_hint')}
              onInput={(event) => (search.value = event.currentTarget.value)}
            />
          </label>
        )}
        {found.length > 0 && <TableAway title={w('history')} cells={() => historyCells(found, w, speech)} />}
      </div>
      {history.length === 0 && <p>{w('history_none')}</p>}
      {history.length > 0 && found.length === 0 && <p>{w('history_none_found', { text: search.value })}</p>}
      {found.length > 0 && (
        <table class="cards many">
          <SortHeads
            columns={HISTORY_COLUMNS.map((column) => ({
              column,
              name: w(`column_${column}`),
              numeric: column === 'lasted',
            }))}
            order={order.value}
            onOrder={(next) => (order.value = next)}
          />
          <tbody>
            {found.map((alert) => (
              <HistoryRow key={alert.id} alert={alert} />
            ))}
          </tbody>
        </table>
      )}
      {moreFailure !== undefined && <p role="alert">{w('history_more_failed', { message: moreFailure.message })}</p>}
      {onMore !== undefined && (
        <p class="alert-actions">
          <button type="button" onClick={onMore}>
            {w('history_more')}
          </button>
        </p>
      )}
    </section>
  );
}

/** The table for a spreadsheet: whole moments, and lengths in seconds. */
function historyCells(
  alerts: readonly Alert[],
  w: PageSay<AlertWord>,
  { say }: Speech,
): readonly (readonly string[])[] {
  const heads = HISTORY_COLUMNS.map((column) => w(`column_${column}`));
  const rows = alerts.map((alert) => [
    alert.title,
    say(`alert_tier_${alert.worst_tier}`),
    isoMoment(alert.since),
    isoMoment(endOf(alert)),
    `${lengthOf(alert) / 1000}`,
    w(`ended_${alert.resolved_by ?? 'recovered'}`),
  ]);
  return [heads, ...rows];
}
