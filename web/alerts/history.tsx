import { useSignal } from '@preact/signals';
import type { Alert } from '../../server/model/alerts.ts';
import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertMark } from './alert-mark.tsx';
import { Messages } from './messages.tsx';
import { searchAlerts } from './search-alerts.ts';
import { alertWords } from './words.ts';

interface HistoryProps {
  readonly history: readonly Alert[];
  readonly onMore: (() => void) | undefined;
  /** Why the alerts asked for last with `onMore` are not among them. */
  readonly moreFailure: Failure | undefined;
}

/** More rows than an eye takes in at once want a search field. */
const SEARCH_ABOVE = 8;

/** Alerts that are over, newest first. */
export function History({ history, onMore, moreFailure }: HistoryProps) {
  const w = usePageWords(alertWords);
  const search = useSignal('');
  const found = searchAlerts(history, search.value);
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
      </div>
      {history.length === 0 && <p>{w('history_none')}</p>}
      {history.length > 0 && found.length === 0 && <p>{w('history_none_found', { text: search.value })}</p>}
      {found.length > 0 && <HistoryTable alerts={found} />}
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

function HistoryTable({ alerts }: { readonly alerts: readonly Alert[] }) {
  const w = usePageWords(alertWords);
  const columns = ['alert', 'tier', 'since', 'ended', 'lasted', 'how'] as const;
  return (
    <table class="cards">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col" class={column === 'lasted' ? 'number' : undefined}>
              {w(`column_${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <HistoryRow key={alert.id} alert={alert} />
        ))}
      </tbody>
    </table>
  );
}

function HistoryRow({ alert }: { readonly alert: Alert }) {
  const w = usePageWords(alertWords);
  const { times } = useSpeech();
  const { since, resolved = since } = alert;
  return (
    <tr>
      <th scope="row" class="slo-name">
        <a href={`/slo/${encodeURIComponent(alert.slo)}`}>{alert.title}</a>
        <Messages alert={alert.id} />
      </th>
      <td data-label={w('column_tier')}>
        <AlertMark alert={{ state: 'resolved', tier: alert.worst_tier }} />
      </td>
      <td data-label={w('column_since')}>{times.shortMoment(since)}</td>
      <td data-label={w('column_ended')}>{times.shortMoment(resolved)}</td>
      <td data-label={w('column_lasted')} class="number">
        {times.age((resolved - since) / 1000)}
      </td>
      <td data-label={w('column_how')}>{w(`ended_${alert.resolved_by ?? 'recovered'}`)}</td>
    </tr>
  );
}
