import { useSpeech } from '../words/speech.ts';

/** The server knows no SLO of this id: a mistyped address, or one that was removed. */
export function NoSuchSlo({ id }: { readonly id: string }) {
  const { t } = useSpeech();
  return (
    <>
      <h1 class="title">{t('slo_not_found')}</h1>
      <p>{t('slo_not_found_why', { id })}</p>
      <p>
        <a href="/">{t('slo_not_found_next')}</a>
      </p>
    </>
  );
}
