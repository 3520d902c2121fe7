import { localZone } from '../../server/model/zones.ts';
import { useSpeech } from '../words/speech.ts';

interface PictureLinksProps {
  /** Below `/api/vigie/charts`, without its ending. */
  readonly chart: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** The same chart as a picture for a mail or a wall screen, at an address that stays. */
export function PictureLinks({ chart, params = {} }: PictureLinksProps) {
  const { t, language, zone } = useSpeech();
  const query = new URLSearchParams({ ...params, lang: language, zone: zone ?? localZone() });
  return (
    <p class="muted pictures">
      {t('net_pictures')}{' '}
      {['png', 'svg'].map((format) => (
        // A target of its own keeps the router of the pages out of it.
        <a key={format} href={`/api/vigie/charts/${chart}.${format}?${query}`} target="_top">
          {format.toUpperCase()}
        </a>
      ))}
    </p>
  );
}
