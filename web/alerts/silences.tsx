import { useSignal } from '@preact/signals';
import type { Silence, SilencesAnswer } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import { quoteLabelValue } from '../../server/model/labels.ts';
import { useServices } from '../frame/services.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { alertWords } from './words.ts';

interface SilencesProps extends SilencesAnswer {
  readonly onChanged: () => void;
}

const SHAPES = { active: '●', pending: '◔', expired: '○' } as const;

/** What is kept quiet, until when, by whom and why; each can be ended at once. */
export function Silences({ silences, onChanged }: Pick<SilencesProps, 'silences' | 'onChanged'>) {
  const { api } = useServices();
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  const problem = useSignal('');
  const expire = async (id: string): Promise<void> => {
    const answer = await api.ask<Silence>(`/api/vigie/silences/${encodeURIComponent(id)}`, 'DELETE');
    problem.value = answer.ok ? '' : answer.failure.code === 'forbidden' ? w('forbidden') : answer.failure.message;
    if (answer.ok) onChanged();
  };
  if (silences.length === 0) return <p>{w('silences_none')}</p>;
  return (
    <>
      <p role="alert">{problem.value && w('expire_failed', { message: problem.value })}</p>
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">{w('silence_matches')}</th>
            <th scope="col">{w('silence_state')}</th>
            <th scope="col">{w('silence_until')}</th>
            <th scope="col">{w('silence_who')}</th>
            <th scope="col">{w('silence_why')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {silences.map(({ id, matchers, state, ends, author, comment }) => (
            <tr key={id}>
              <th scope="row" class="mono wrapped">
                {matchersText(matchers)}
              </th>
              <td data-label={w('silence_state')}>
                <span class="state">
                  <span class="shape" aria-hidden="true">
                    {SHAPES[state]}
                  </span>
                  {w(`silence_${state}`)}
                </span>
              </td>
              <td data-label={w('silence_until')}>{times.shortMoment(ends)}</td>
              <td data-label={w('silence_who')} class="wrapped">
                {author}
              </td>
              <td data-label={w('silence_why')} class="wrapped">
                {comment}
              </td>
              <td>
                {state !== 'expired' && (
                  <button
                    type="button"
                    aria-label={w('silence_expire_of', { matchers: matchersText(matchers) })}
                    onClick={() => void expire(id)}
                  >
                    {w('silence_expire')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** `slo="shop-availability", tier=~"page|ticket"`. */
function matchersText(matchers: readonly Matcher[]): string {
  return matchers.map(({ name, op, value }) => name + op + quoteLabelValue(value)).join(', ');
}
