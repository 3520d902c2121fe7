import { useSignal } from '@preact/signals';
import type { Silence, SilenceState, SilencesAnswer } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import { quoteLabelValue } from '../../server/model/labels.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import { useServices } from '../frame/services.ts';
import { SortHeads } from '../frame/sort-heads.tsx';
import { TableAway } from '../frame/table-away.tsx';
import { type ColumnValues, orderTable, type TableOrder } from '../frame/table-order.ts';
import { LineText } from '../logs/line-text.tsx';
import { type PageSay, usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { type AlertWord, alertWords } from './words.ts';

interface SilencesProps extends Pick<SilencesAnswer, 'silences'> {
  readonly onChanged: () => void;
}

const SHAPES = { active: '●', pending: '◔', expired: '○' } as const;
const STATES: readonly SilenceState[] = ['active', 'pending', 'expired'];

const SILENCE_COLUMNS = ['matches', 'state', 'until', 'who', 'why'] as const;
type SilenceColumn = (typeof SILENCE_COLUMNS)[number];

/** The server's order stays among those in one state. */
const IN_FORCE_FIRST: TableOrder<SilenceColumn> = { column: 'state', descending: false };

const SILENCE_VALUES: ColumnValues<SilenceColumn, SilencesAnswer['silences'][number]> = {
  matches: ({ matchers }) => matchersText(matchers),
  state: ({ state }) => STATES.indexOf(state),
  until: ({ ends }) => ends,
  who: ({ author }) => author,
  why: ({ comment }) => comment,
};

/** What is kept quiet, until when, by whom and why; each can be ended at once. */
export function Silences({ silences, onChanged }: SilencesProps) {
  const { api } = useServices();
  const { times } = useSpeech();
  const w = usePageWords(alertWords);
  const problem = useSignal('');
  const order = useSignal(IN_FORCE_FIRST);
  const expire = async (id: string): Promise<void> => {
    const answer = await api.ask<Silence>(`/api/vigie/silences/${encodeURIComponent(id)}`, 'DELETE');
    problem.value = answer.ok ? '' : answer.failure.code === 'forbidden' ? w('forbidden') : answer.failure.message;
    if (answer.ok) onChanged();
  };
  if (silences.length === 0) return <p>{w('silences_none')}</p>;
  return (
    <>
      <p role="alert">{problem.value && w('expire_failed', { message: problem.value })}</p>
      <TableAway title={w('silences')} cells={() => silenceCells(silences, w)} />
      <table class="cards many">
        <SortHeads
          columns={SILENCE_COLUMNS.map((column) => ({ column, name: w(`silence_${column}`) }))}
          order={order.value}
          onOrder={(next) => (order.value = next)}
        >
          <td />
        </SortHeads>
        <tbody>
          {orderTable(silences, SILENCE_VALUES, order.value).map(({ id, matchers, state, ends, author, comment }) => (
            <tr key={id}>
              <th scope="row" class="mono wrapped">
                <LineText text={matchersText(matchers)} />
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
                <LineText text={author} />
              </td>
              <td data-label={w('silence_why')} class="wrapped">
                <LineText text={comment} />
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

/** The table for a spreadsheet: whole moments. */
function silenceCells(silences: SilencesAnswer['silences'], w: PageSay<AlertWord>): readonly (readonly string[])[] {
  const heads = SILENCE_COLUMNS.map((column) => w(`silence_${column}`));
  const rows = silences.map(({ matchers, state, ends, author, comment }) => [
    matchersText(matchers),
    w(`silence_${state}`),
    isoMoment(ends),
    author,
    comment,
  ]);
  return [heads, ...rows];
}

/** `slo="shop-availability", tier=~"page|ticket"`. */
function matchersText(matchers: readonly Matcher[]): string {
  return matchers.map(({ name, op, value }) => name + op + quoteLabelValue(value)).join(', ');
}
