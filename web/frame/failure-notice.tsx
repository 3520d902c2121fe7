import { useSignal } from '@preact/signals';
import type { Failure } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import type { WordKey } from '../words/en.ts';
import { useSpeech } from '../words/speech.ts';

interface FailureNoticeProps {
  readonly what: WordKey & `failed_${string}`;
  readonly failure: Failure;
  readonly api: Pick<Api, 'signIn'>;
  readonly onRetry: () => void;
}

/** What failed, what still works, and how to try again. A missing token gets a form instead. */
export function FailureNotice({ what, failure, api, onRetry }: FailureNoticeProps) {
  const { t } = useSpeech();
  if (failure.code === 'unauthorized') return <SignIn api={api} onSignedIn={onRetry} />;
  const { message } = failure;
  return (
    <section class="notice" role="alert">
      <h2>{t(what)}</h2>
      <p>{failure.code === 'unreachable' ? t('failed_unreachable', { message }) : t('failed_because', { message })}</p>
      <p>{t('failed_still')}</p>
      <button type="button" onClick={onRetry}>
        {t('retry')}
      </button>
    </section>
  );
}

function SignIn({ api, onSignedIn }: { readonly api: Pick<Api, 'signIn'>; readonly onSignedIn: () => void }) {
  const { t } = useSpeech();
  const token = useSignal('');
  const problem = useSignal('');
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const answer = await api.signIn(token.value.trim());
    if (answer.ok) onSignedIn();
    else problem.value = answer.failure.message;
  };
  return (
    <form class="notice" onSubmit={(event) => void send(event)}>
      <h2>{t('sign_in')}</h2>
      <p>{t('sign_in_hint')}</p>
      <label>
        {t('sign_in_token')}{' '}
        <input
          type="password"
          autocomplete="current-password"
          required
          onInput={(event) => {
            token.value = event.currentTarget.value;
          }}
        />
      </label>{' '}
      <button type="submit">{t('sign_in_send')}</button>
      <p role="alert">{problem.value && t('failed_because', { message: problem.value })}</p>
    </form>
  );
}
