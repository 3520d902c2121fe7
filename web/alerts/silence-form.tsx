import { useSignal } from '@preact/signals';
import type { Silence, SilencePreview, SilenceRequest } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Failure } from '../api/answer.ts';
import { useServices } from '../frame/services.ts';
import { useSettledAnswer } from '../frame/settled-answer.ts';
import { TextField } from '../frame/text-field.tsx';
import { sloNames } from '../overview/slo-names.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { MatcherFields } from './matcher-fields.tsx';
import { alertWords } from './words.ts';

interface SilenceFormProps {
  readonly matchers: readonly Matcher[];
  readonly slos: readonly SloStatus[];
  readonly rules: readonly RuleAlertStatus[];
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

const DURATIONS = ['30m', '1h', '2h', '8h', '1d'];

/** Which alerts, for how long, who and why; what it matches is told before it is sent. */
export function SilenceForm({ matchers: first, slos, rules, onDone, onCancel }: SilenceFormProps) {
  const { api } = useServices();
  const w = usePageWords(alertWords);
  const matchers = useSignal(first);
  const duration = useSignal('2h');
  const author = useSignal('');
  const comment = useSignal('');
  const failure = useSignal<Failure | undefined>(undefined);
  const send = async (): Promise<void> => {
    const request: SilenceRequest = {
      matchers: matchers.value,
      duration: duration.value.trim(),
      author: author.value,
      comment: comment.value,
    };
    const answer = await api.ask<Silence>('/api/vigie/silences', 'POST', request);
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) onDone();
  };
  return (
    <form
      class="notice decision-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <MatcherFields
        matchers={matchers.value}
        slos={slos}
        rules={rules}
        onMatchers={(next) => (matchers.value = next)}
      />
      <Preview matchers={matchers.value} slos={slos} />
      <TextField name={w('form_duration')} value={duration} list={DURATIONS} hint={w('form_duration_hint')} />
      <TextField name={w('form_author')} value={author} />
      <TextField name={w('form_comment')} value={comment} />
      <div class="form-actions">
        <button type="submit" class="primary">
          {w('form_send')}
        </button>
        <button type="button" onClick={onCancel}>
          {w('form_cancel')}
        </button>
      </div>
      <p role="alert">
        {failure.value &&
          w('form_failed', {
            message: failure.value.code === 'forbidden' ? w('forbidden') : failure.value.message,
          })}
      </p>
    </form>
  );
}

function Preview({ matchers, slos }: Pick<SilenceFormProps, 'matchers' | 'slos'>) {
  const { api } = useServices();
  const w = usePageWords(alertWords);
  const name = sloNames(slos, useSpeech());
  const answer = useSettledAnswer(JSON.stringify(matchers), () => {
    const request: SilenceRequest = { matchers, duration: '1h', author: '-', comment: '-' };
    return api.ask<SilencePreview>('/api/vigie/silences/preview', 'POST', request);
  });
  const words = answer && (answer.ok ? told(answer.data) : w('preview_failed', { message: answer.failure.message }));
  return (
    <p class="silence-preview" role="status">
      {words ?? '\u00a0'}
    </p>
  );

  function told(preview: SilencePreview): string {
    const names = preview.slos.map((id) => name(slos.find((slo) => slo.id === id) ?? { id, title: id })).join(', ');
    const alerts = w('preview_alerts', { count: preview.alerts.length });
    return `${alerts}. ${w('preview_slos', { count: preview.slos.length, names })}.`;
  }
}
