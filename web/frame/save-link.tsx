import { localZone } from '../../server/model/zones.ts';
import { useSpeech } from '../words/speech.ts';

/** Pages that can be saved as one file; the server says no to others. */
const SAVED = /^\/(?:$|slo\/|status$|traffic(?:$|\/)|graph$|alerts$|web-log$)/;

/** Saves the page as it is now: what it shows stands in its address, which is read at the moment of the click. */
export function SaveLink({ path }: { readonly path: string }) {
  const { t, language } = useSpeech();
  if (!SAVED.test(path)) return null;
  const href = (address: string): string =>
    `/api/vigie/export?${new URLSearchParams({ path: address, lang: language, zone: localZone() })}`;
  return (
    <p>
      <a
        href={href(path)}
        target="_top"
        onClick={(event) => {
          event.currentTarget.href = href(location.pathname + location.search);
        }}
      >
        {t('save_page')}
      </a>
    </p>
  );
}
