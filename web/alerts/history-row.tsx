import { useSignal } from '@preact/signals';
import type { Alert } from '../../server/model/alerts.ts';
import { LineText } from '../logs/line-text.tsx';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { AlertMark } from './alert-mark.tsx';
import { endOf, HISTORY_COLUMNS, lengthOf } from './history-order.ts';
import { PastAlert } from './past-alert.tsx';
import { alertWords } from './words.ts';

/** One alert that is over; what it was about opens below it. */
export function HistoryRow({ alert }: { readonly alert: Alert }) {
  const w = usePageWords(alertWords);
  const { times } = useSpeech();
  const open = useSignal(false);
  const { id, title, since } = alert;
  return (
    <>
      <tr>
        <th scope="row" class="slo-name">
          <a href={`/slo/${encodeURIComponent(alert.slo)}`}>
            <LineText text={title} />
          </a>{' '}
          <button
            type="button"
            class="row-opener"
            aria-expanded={open.value}
            aria-controls={`past-${id}`}
            aria-label={`${w('events')}: ${visibleText(title)}`}
            onClick={() => (open.value = !open.value)}
          >
            <span aria-hidden="true">{open.value ? '▾ ' : '▸ '}</span>
            {w('events')}
          </button>
        </th>
        <td data-label={w('column_tier')}>
          <AlertMark alert={{ state: 'resolved', tier: alert.worst_tier }} />
        </td>
        <td data-label={w('column_since')}>{times.shortMoment(since)}</td>
        <td data-label={w('column_ended')}>{times.shortMoment(endOf(alert))}</td>
        <td data-label={w('column_lasted')} class="number">
          {times.age(lengthOf(alert) / 1000)}
        </td>
        <td data-label={w('column_how')}>{w(`ended_${alert.resolved_by ?? 'recovered'}`)}</td>
      </tr>
      {open.value && (
        <tr class="row-detail" id={`past-${id}`}>
          <td colSpan={HISTORY_COLUMNS.length}>
            <PastAlert alert={alert} />
          </td>
        </tr>
      )}
    </>
  );
}
