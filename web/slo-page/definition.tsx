import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Answer } from '../api/answer.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { sloWords } from './words.ts';

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
  const w = usePageWords(sloWords);
  return (
    <section aria-labelledby="definition">
      <h2 id="definition">{w('definition')}</h2>
      {slo.proposed && <Proposal id={slo.id} keep={keep} />}
      <pre>
        <code>
          {yaml.split('\n').map((line, i) => (
            <Fragment key={i}>
              <LineText text={line} />
              {'\n'}
            </Fragment>
          ))}
        </code>
      </pre>
    </section>
  );
}

function Proposal({ id, keep }: { readonly id: string; readonly keep: Keep }) {
  const w = usePageWords(sloWords);
  const outcome = useSignal('');
  const send = async (): Promise<void> => {
    const answer = await keep(id);
    outcome.value = answer.ok
      ? w('keep_done', { file: answer.data.file })
      : w('keep_failed', { message: answer.failure.message });
  };
  return (
    <div class="notice">
      <h3>{w('keep_title')}</h3>
      <p>{w('keep_body')}</p>
      <p>
        <button type="button" class="primary" onClick={() => void send()}>
          {w('keep')}
        </button>
      </p>
      <p>
        {w('keep_command')} <code>vigie slo keep {id}</code>
      </p>
      <p role="status">{outcome.value}</p>
    </div>
  );
}
