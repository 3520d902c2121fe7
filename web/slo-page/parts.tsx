import type { SloStatus } from '../../server/model/slo.ts';
import { partsWorstFirst } from '../../server/model/slo-order.ts';
import type { SloPart } from '../../server/model/slo-part.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { partWords } from './part-words.ts';

const COLUMNS = ['part', 'state', 'weight', 'attained', 'counts', 'spent'] as const;
const NUMBERS: readonly string[] = ['attained', 'counts', 'spent'];

/** What a composite is made of, and what each part spent of its budget, worst first. No composite: nothing to show. */
export function Parts({ slo: { parts = [], objective } }: { readonly slo: SloStatus }) {
  const w = usePageWords(partWords);
  if (parts.length === 0) return null;
  return (
    <section aria-labelledby="parts">
      <h2 id="parts">{w('title')}</h2>
      <p class="muted">{w('note')}</p>
      <table class="cards">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" class={NUMBERS.includes(column) ? 'number' : undefined}>
                {w(`head_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {partsWorstFirst(parts).map((part) => (
            <Row key={part.slo} part={part} objective={objective} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ part, objective }: { readonly part: SloPart; readonly objective: number }) {
  const { numbers } = useSpeech();
  const w = usePageWords(partWords);
  const { slo, title, grouped, weight, share, state, attained, counts, spent_ratio } = part;
  const written = numbers.scaled(weight).trim();
  return (
    <tr>
      <th scope="row" class="wrapped">
        {grouped ? (
          <LineText text={title} />
        ) : (
          <a href={`/slo/${encodeURIComponent(slo)}`}>
            <LineText text={title} />
          </a>
        )}
      </th>
      <td data-label={w('head_state')}>{w(`state_${state}`)}</td>
      <td data-label={w('head_weight')}>
        {share > 0
          ? w('weight', { weight: written, share: numbers.percent(share) })
          : w('weight_none', { weight: written })}
      </td>
      <td data-label={w('head_attained')} class="number">
        {attained === undefined ? '–' : numbers.attained(attained, objective)}
      </td>
      <td data-label={w('head_counts')} class="number">
        {w('counts', { good: numbers.count(counts.good), total: numbers.count(counts.total) })}
      </td>
      <td data-label={w('head_spent')} class="number">
        {share > 0 ? numbers.percent(spent_ratio) : '–'}
      </td>
    </tr>
  );
}
