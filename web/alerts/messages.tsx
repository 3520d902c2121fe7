import { useSignal } from '@preact/signals';
import type { AlertDetail } from '../../server/model/alerts.ts';
import type { Failure } from '../api/answer.ts';
import { useServices } from '../frame/services.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { alertWords } from './words.ts';

/** Who was told of an alert, and where that failed; asked for when somebody opens it. */
export function Messages({ alert }: { readonly alert: string }) {
  const { api } = useServices();
  const w = usePageWords(alertWords);
  const detail = useSignal<AlertDetail | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const load = async (): Promise<void> => {
    const answer = await api.ask<AlertDetail>(`/api/vigie/alerts/${encodeURIComponent(alert)}`);
    if (answer.ok) detail.value = answer.data;
    failure.value = answer.ok ? undefined : answer.failure;
  };
  return (
    <details
      class="asked-later"
      onToggle={(event) => {
        if (event.currentTarget.open) void load();
      }}
    >
      <summary>{w('messages')}</summary>
      {failure.value !== undefined && <p role="alert">{w('messages_failed', { message: failure.value.message })}</p>}
      {detail.value !== undefined && <MessageTable notifications={detail.value.notifications} />}
    </details>
  );
}

function MessageTable({ notifications }: Pick<AlertDetail, 'notifications'>) {
  const w = usePageWords(alertWords);
  const { times, numbers } = useSpeech();
  if (notifications.length === 0) return <p>{w('messages_none')}</p>;
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{w('message_to')}</th>
          <th scope="col">{w('message_kind')}</th>
          <th scope="col">{w('message_state')}</th>
          <th scope="col">{w('message_time')}</th>
          <th scope="col" class="number">
            {w('message_attempts')}
          </th>
          <th scope="col">{w('message_error')}</th>
        </tr>
      </thead>
      <tbody>
        {notifications.map(({ id, receiver, kind, state, created, attempts, error }) => (
          <tr key={id}>
            <th scope="row" class="mono">
              <LineText text={receiver} />
            </th>
            <td data-label={w('message_kind')}>{w(`message_kind_${kind}`)}</td>
            <td data-label={w('message_state')}>{w(`message_state_${state}`)}</td>
            <td data-label={w('message_time')}>{times.shortMoment(created)}</td>
            <td data-label={w('message_attempts')} class="number">
              {numbers.count(attempts)}
            </td>
            <td data-label={w('message_error')} class="wrapped">
              <LineText text={error ?? '–'} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
