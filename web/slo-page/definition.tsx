import { useSignal } from '@preact/signals';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Answer } from '../api/answer.ts';
import { useSpeech } from '../words/speech.ts';

export type Keep = (id: string) => Promise<Answer<{ readonly file: string }>>;

/** The definition as YAML, and, while it is only proposed, how to keep it. */
export function Definition({
  slo,
  yaml,
  keep,
}: {
  readonly slo: SloStatus;
  readonly yaml: string;
  readonly keep: Keep;
}) {
  const { t } = useSpeech();
  return (
    <section aria-labelledby="definition">
      <h2 id="definition">{t('definition')}</h2>
      {slo.proposed && <Proposal id={slo.id} keep={keep} />}
      <pre>
        <code>{yaml}</code>
      </pre>
    </section>
  );
}

function Proposal({ id, keep }: { readonly id: string; readonly keep: Keep }) {
  const { t } = useSpeech();
  const outcome = useSignal('');
  const send = async (): Promise<void> => {
    const answer = await keep(id);
    outcome.value = answer.ok
      ? t('keep_done', { file: answer.data.file })
      : t('keep_failed', { message: answer.failure.message });
  };
  return (
    <div class="notice">
      <h3>{t('keep_title')}</h3>
      <p>{t('keep_body')}</p>
      <p>
        <button type="button" class="primary" onClick={() => void send()}>
          {t('keep')}
        </button>
      </p>
      <p>
        {t('keep_command')} <code>vigie slo keep {id}</code>
      </p>
      <p role="status">{outcome.value}</p>
    </div>
  );
}
