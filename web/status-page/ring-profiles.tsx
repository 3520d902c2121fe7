import type { EngineStats, RingProfileStats } from '../../server/model/engine.ts';
import { formatDuration, ms } from '../../server/model/units.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { statusWords } from './words.ts';

/** Which rings series have, and what one of them takes at most; nothing from a server of an earlier version. */
export function RingProfiles({ store }: { readonly store: EngineStats }) {
  const w = usePageWords(statusWords);
  if (store.ringProfiles === undefined) return null;
  return (
    <table class="cards">
      <caption>{w('rings')}</caption>
      <thead>
        <tr>
          <th scope="col">{w('rings_of')}</th>
          <th scope="col">{w('rings_steps')}</th>
          <th scope="col" class="number">
            {w('rings_series')}
          </th>
          <th scope="col" class="number">
            {w('rings_bytes')}
          </th>
        </tr>
      </thead>
      <tbody>
        {store.ringProfiles.map((profile) => (
          <Profile key={stepsOf(profile)} profile={profile} />
        ))}
      </tbody>
    </table>
  );
}

function Profile({ profile }: { readonly profile: RingProfileStats }) {
  const { numbers } = useSpeech();
  const w = usePageWords(statusWords);
  const { matches, retired, series, waiting, bytesPerSeries } = profile;
  const whose = retired === true ? w('rings_retired') : w('rings_others');
  const most = Math.max(...Object.values(bytesPerSeries));
  return (
    <tr>
      <th scope="row" class={matches.length > 0 ? 'mono' : undefined}>
        {matches.length > 0 ? matches.join(' ') : whose}
      </th>
      <td data-label={w('rings_steps')}>{stepsOf(profile)}</td>
      <td data-label={w('rings_series')} class="number">
        {numbers.count(series)}
        {waiting > 0 && ` (${w('rings_waiting', { count: waiting })})`}
      </td>
      <td data-label={w('rings_bytes')} class="number">
        {numbers.bytes(most)}
      </td>
    </tr>
  );
}

/** As the configuration writes them: `10s × 2d · 1m × 14d`. */
function stepsOf({ rings }: RingProfileStats): string {
  const written = (secs: number): string => formatDuration(ms(secs * 1000));
  return rings.map(({ step_secs, keep_secs }) => `${written(step_secs)} × ${written(keep_secs)}`).join(' · ');
}
