import { useSpeech } from '../words/speech.ts';

/** Where content will stand. The style sheet keeps it invisible for 200 ms: most answers are faster than that. */
export function Skeleton() {
  const { t } = useSpeech();
  return (
    <div class="skeleton" role="status">
      <span class="spoken">{t('loading')}</span>
      <span class="bone bone-title" />
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}
