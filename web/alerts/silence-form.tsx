import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Silence, SilencePreview, SilenceRequest } from '../../server/model/alerts.ts';
import type { Matcher } from '../../server/model/engine.ts';
import type { RuleAlertStatus } from '../../server/model/rule-alerts.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Failure } from '../api/answer.ts';
import { useServices } from '../frame/services.ts';
import { usePageWords } from '../words/page-words.ts';
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
      class="notice silence-form"
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
      <Field name={w('form_duration')} value={duration} list={DURATIONS} hint={w('form_duration_hint')} />
      <Field name={w('form_author')} value={author} />
      <Field name={w('form_comment')} value={comment} />
      <div class="alert-actions">
        <button type="submit" class="primary">
          {w('form_send')}
        </button>{' '}
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

interface FieldProps {
  readonly name: string;
  readonly value: { value: string };
  /** What is usual. */
  readonly list?: readonly string[];
  readonly hint?: string;
}

function Field({ name, value, list = [], hint = '' }: FieldProps) {
  return (
    <label>
      <span>{name}</span>
      <input
        type="text"
        required
        value={value.value}
        placeholder={hint}
        list={list.length > 0 ? 'silence-durations' : undefined}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
      {list.length > 0 && (
        <datalist id="silence-durations">
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}

/** Typing is not a question yet. */
const SETTLED_MS = 300;

function Preview({ matchers, slos }: Pick<SilenceFormProps, 'matchers' | 'slos'>) {
  const { api } = useServices();
  const w = usePageWords(alertWords);
  const words = useSignal('');
  const asked = JSON.stringify(matchers);
  useEffect(() => {
    let gone = false;
    const ask = async (): Promise<void> => {
      const request: SilenceRequest = { matchers, duration: '1h', author: '-', comment: '-' };
      const answer = await api.ask<SilencePreview>('/api/vigie/silences/preview', 'POST', request);
      if (gone) return;
      words.value = answer.ok ? told(answer.data) : w('preview_failed', { message: answer.failure.message });
    };
    const timer = setTimeout(() => void ask(), SETTLED_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [asked]);
  return (
    <p class="silence-preview" role="status">
      {words.value || '\u00a0'}
    </p>
  );

  function told(preview: SilencePreview): string {
    const names = preview.slos.map((id) => slos.find((slo) => slo.id === id)?.title ?? id).join(', ');
    const alerts = w('preview_alerts', { count: preview.alerts.length });
    return `${alerts}. ${w('preview_slos', { count: preview.slos.length, names })}.`;
  }
}
