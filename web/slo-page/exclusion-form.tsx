import { useSignal } from '@preact/signals';
import type { Exclusion, ExclusionPreview } from '../../server/model/exclusions.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import { localZone } from '../../server/model/zones.ts';
import type { Failure } from '../api/answer.ts';
import { fieldText, MomentField } from '../frame/moment-field.tsx';
import { useServices } from '../frame/services.ts';
import { useSettledAnswer } from '../frame/settled-answer.ts';
import { TextField } from '../frame/text-field.tsx';
import { usePageWords } from '../words/page-words.ts';
import { AGAIN, type Again, type ExclusionDraft, exclusionRequest } from './exclusion-draft.ts';
import { exclusionFormWords } from './exclusion-form-words.ts';
import { ExclusionPreviewTable } from './exclusion-preview.tsx';
import '../style/decision-form.css';

interface ExclusionFormProps {
  readonly slo: SloStatus;
  /** `made`: an exclusion is there that was not. */
  readonly onClose: (made: boolean) => void;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What is written before anybody writes: the last hour that is complete. */
function useDraft({ id, as_of }: SloStatus) {
  const end = Math.floor(as_of / MINUTE_MS) * MINUTE_MS;
  const zone = localZone();
  const from = useSignal(fieldText(end - HOUR_MS, zone));
  const to = useSignal(fieldText(end, zone));
  const again = useSignal<Again>('once');
  const reason = useSignal('');
  const author = useSignal('');
  const read = (): ExclusionDraft => ({
    slo: id,
    zone,
    from: from.value,
    to: to.value,
    again: again.value,
    reason: reason.value,
    author: author.value,
  });
  return { zone, from, to, again, reason, author, read };
}

/** Which span, how often, why and who; the figures before and after are told before anything is saved. */
export function ExclusionForm({ slo, onClose }: ExclusionFormProps) {
  const { api } = useServices();
  const w = usePageWords(exclusionFormWords);
  const draft = useDraft(slo);
  const failure = useSignal<Failure | undefined>(undefined);
  const written = draft.read();
  const request = exclusionRequest(written);
  // Only what decides the figures asks anew.
  const span = request && { ...request, reason: '-', author: '-' };
  const preview = useSettledAnswer(span && JSON.stringify(span), () =>
    api.ask<ExclusionPreview>('/api/vigie/exclusions/preview', 'POST', span),
  );
  const send = async (): Promise<void> => {
    if (request === undefined) return;
    const answer = await api.ask<Exclusion>('/api/vigie/exclusions', 'POST', request);
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) onClose(true);
  };
  return (
    <form
      class="notice decision-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="field-row">
        <MomentField name={w('from')} value={draft.from} />
        <MomentField name={w('to')} value={draft.to} />
        <AgainField value={draft.again} />
      </div>
      <p class="muted">
        {w('zone', { zone: draft.zone })} <Rule recurrence={request?.recurrence} />
      </p>
      <TextField name={w('reason')} value={draft.reason} maxLength={1000} />
      <TextField name={w('author')} value={draft.author} maxLength={200} />
      <ExclusionPreviewTable
        slo={slo}
        request={request}
        answer={preview}
        isWritten={written.from !== '' && written.to !== ''}
      />
      <div class="form-actions">
        <button type="submit" class="primary" disabled={request === undefined}>
          {w('send')}
        </button>
        <button type="button" onClick={() => onClose(false)}>
          {w('cancel')}
        </button>
      </div>
      <p role="alert">
        {failure.value &&
          w('failed', { message: failure.value.code === 'forbidden' ? w('forbidden') : failure.value.message })}
      </p>
    </form>
  );
}

function AgainField({ value }: { readonly value: { value: Again } }) {
  const w = usePageWords(exclusionFormWords);
  return (
    <label>
      <span>{w('again')}</span>{' '}
      <select
        value={value.value}
        onChange={(event) => {
          const { value: chosen } = event.currentTarget;
          value.value = AGAIN.find((one) => one === chosen) ?? 'once';
        }}
      >
        {AGAIN.map((one) => (
          <option key={one} value={one}>
            {w(`again_${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Days that some months do not have. */
const SHORT_MONTHS = /BYMONTHDAY=(29|30|31)$/;

function Rule({ recurrence }: { readonly recurrence: Exclusion['recurrence'] }) {
  const w = usePageWords(exclusionFormWords);
  if (recurrence === undefined) return null;
  const [, day] = SHORT_MONTHS.exec(recurrence.rule) ?? [];
  return (
    <>
      {w('rule')} <code>{recurrence.rule}</code> {day !== undefined && w('short_months', { day })}
    </>
  );
}
