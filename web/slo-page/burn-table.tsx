import type { SloStatus } from '../../server/model/slo.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { type BurnSide, burnLines } from './burn-arithmetic.ts';
import { countedWords } from './counted-words.ts';
import { sloWords } from './words.ts';

/** The multi-window alerts with their arithmetic in the open. */
export function BurnTable({ slo }: { readonly slo: SloStatus }) {
  const w = usePageWords(sloWords);
  const lines = burnLines(slo);
  return (
    <section aria-labelledby="burns">
      <h2 id="burns">{w('burn_table')}</h2>
      {lines.length === 0 ? (
        <p>{w('burn_none')}</p>
      ) : (
        <>
          <p class="muted">{w('burn_table_note')}</p>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">{w('burn_alert')}</th>
                <th scope="col">{w('burn_long')}</th>
                <th scope="col">{w('burn_short')}</th>
                <th scope="col">{w('burn_state')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ alert, long, short }) => (
                <tr key={`${alert.long_secs} ${alert.short_secs}`}>
                  <th scope="row">{w(`burn_tier_${alert.tier}`)}</th>
                  <td data-label={w('burn_long')}>
                    <Arithmetic slo={slo} side={long} factor={alert.factor} />
                  </td>
                  <td data-label={w('burn_short')}>
                    <Arithmetic slo={slo} side={short} factor={alert.factor} />
                  </td>
                  <td data-label={w('burn_state')}>
                    {alert.firing ? <strong class="state state-burning">▲ {w('burn_firing')}</strong> : w('burn_quiet')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

interface ArithmeticProps {
  readonly slo: SloStatus;
  readonly side: BurnSide;
  readonly factor: number;
}

function Arithmetic({ slo, side, factor }: ArithmeticProps) {
  const { language, numbers, times } = useSpeech();
  const w = countedWords(slo, language);
  const window = times.shortSpan(side.window_secs);
  if (side.rate === undefined || side.spent === undefined) {
    return <span class="muted">{w('burn_no_traffic', { window })}</span>;
  }
  const text = w('burn_arithmetic', {
    spent: numbers.percent(side.spent, 2),
    window,
    sign: side.over ? '>' : '≤',
    ...numbers.timesApart(side.rate, factor),
  });
  return side.over ? <strong>{text}</strong> : <span>{text}</span>;
}
