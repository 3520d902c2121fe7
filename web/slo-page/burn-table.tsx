import type { SloStatus } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';
import { type BurnSide, burnLines } from './burn-arithmetic.ts';

/** The multi-window alerts with their arithmetic in the open. */
export function BurnTable({ slo }: { readonly slo: SloStatus }) {
  const { t } = useSpeech();
  const lines = burnLines(slo);
  return (
    <section aria-labelledby="burns">
      <h2 id="burns">{t('burn_table')}</h2>
      {lines.length === 0 ? (
        <p>{t('burn_none')}</p>
      ) : (
        <>
          <p class="muted">{t('burn_table_note')}</p>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">{t('burn_alert')}</th>
                <th scope="col">{t('burn_long')}</th>
                <th scope="col">{t('burn_short')}</th>
                <th scope="col">{t('burn_state')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ alert, long, short }) => (
                <tr key={`${alert.long_secs} ${alert.short_secs}`}>
                  <th scope="row">{t(`burn_tier_${alert.tier}`)}</th>
                  <td data-label={t('burn_long')}>
                    <Arithmetic side={long} factor={alert.factor} />
                  </td>
                  <td data-label={t('burn_short')}>
                    <Arithmetic side={short} factor={alert.factor} />
                  </td>
                  <td data-label={t('burn_state')}>
                    {alert.firing ? <strong class="state state-burning">▲ {t('burn_firing')}</strong> : t('burn_quiet')}
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

function Arithmetic({ side, factor }: { readonly side: BurnSide; readonly factor: number }) {
  const { t, numbers, times } = useSpeech();
  const window = times.shortSpan(side.window_secs);
  if (side.rate === undefined || side.spent === undefined) {
    return <span class="muted">{t('burn_no_traffic', { window })}</span>;
  }
  const text = t('burn_arithmetic', {
    spent: numbers.percent(side.spent, 2),
    window,
    rate: numbers.times(side.rate),
    sign: side.over ? '>' : '≤',
    factor: numbers.times(factor),
  });
  return side.over ? <strong>{text}</strong> : <span>{text}</span>;
}
