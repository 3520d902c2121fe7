import { useSignal } from '@preact/signals';
import type { Failure } from '../api/answer.ts';
import type { Api } from '../api/client.ts';
import type { WordKey } from '../words/en.ts';
import { useSpeech } from '../words/speech.ts';

interface FailureNoticeProps {
  readonly what?: WordKey & `failed_${string}`;
  /** Instead of `what`, where a page has words of its own. */
  readonly title?: string;
  readonly failure: Failure;
  /** Nothing else is on the page: the notice is its title. */
  readonly alone: boolean;
  readonly api: Pick<Api, 'signIn'>;
  readonly onRetry: () => void;
}

/** What failed, what still works, and how to try again. A missing token gets a form instead. */
export function FailureNotice({
  what = 'failed_slos',
  title = undefined,
  failure,
  alone,
  api,
  onRetry,
}: FailureNoticeProps) {
  const { t } = useSpeech();
  if (failure.code === 'unauthorized') return <SignIn alone={alone} api={api} onSignedIn={onRetry} />;
  const { message } = failure;
  const Heading = alone ? 'h1' : 'h2';
  return (
    <section class="notice" role="alert">
      <Heading>{title ?? t(what)}</Heading>
      <p>{failure.code === 'unreachable' ? t('failed_unreachable', { message }) : t('failed_because', { message })}</p>
      <p>{t('failed_still')}</p>
      <button type="button" onClick={onRetry}>
        {t('retry')}
      </button>
    </section>
  );
}

interface SignInProps {
  readonly alone: boolean;
  readonly api: Pick<Api, 'signIn'>;
  readonly onSignedIn: () => void;
}

function SignIn({ alone, api, onSignedIn }: SignInProps) {
  const Heading = alone ? 'h1' : 'h2';
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
      <Heading>{t('sign_in')}</Heading>
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
