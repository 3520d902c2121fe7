import { useSignal } from '@preact/signals';
import type { LogContext, LogLine } from '../../server/model/logs.ts';
import { isoMoment } from '../../server/model/words/time-formats.ts';
import type { Failure } from '../api/answer.ts';
import { useServices } from '../frame/services.ts';
import { usePageWords } from '../words/page-words.ts';
import { LineText } from './line-text.tsx';
import { logQuestions } from './log-questions.ts';
import type { LabelFilter } from './log-search.ts';
import type { FindMarks } from './matches.ts';
import { PlainLine } from './plain-line.tsx';
import { visibleText } from './visible-text.ts';
import { logWords } from './words.ts';

export interface LabelActions {
  /** Adds a filter; absent where lines stand outside of a search. */
  readonly onLabel?: ((filter: LabelFilter) => void) | undefined;
}

interface LineDetailProps extends LabelActions {
  readonly line: LogLine;
  readonly find: FindMarks;
}

const CONTEXT_LINES = 10;

/** All there is of a line: its text, its labels, and the lines around it. */
export function LineDetail({ line, find, onLabel }: LineDetailProps) {
  const w = usePageWords(logWords);
  const escapes = visibleText(line.text) !== line.text;
  return (
    <div class="log-detail">
      <section class="log-whole mono" aria-label={w('line_text')}>
        <LineText text={line.text} marks={find(line.text)} />
      </section>
      {escapes && <p class="muted">{w('line_cut', { example: '\\x1b' })}</p>}
      <dl class="pairs">
        <div>
          <dt>{w('line_time')}</dt>
          <dd>
            <time dateTime={isoMoment(line.time)}>{isoMoment(line.time)}</time>
          </dd>
        </div>
        {Object.entries(line.labels).map(([name, value]) => (
          <LabelPair key={name} name={name} value={value} onLabel={onLabel} />
        ))}
      </dl>
      <p class="log-actions">
        <CopyButton text={line.text} />
      </p>
      <Context line={line} />
    </div>
  );
}

function LabelPair({ name, value, onLabel }: LabelActions & { readonly name: string; readonly value: string }) {
  const w = usePageWords(logWords);
  const label = `${name} = ${visibleText(value)}`;
  return (
    <div>
      <dt class="mono">{name}</dt>
      <dd class="log-label">
        <span class="mono">{visibleText(value)}</span>
        {onLabel !== undefined && (
          <>
            <button
              type="button"
              aria-label={w('label_only', { label })}
              title={w('label_only', { label })}
              onClick={() => onLabel({ name, op: '=', value })}
            >
              =
            </button>
            <button
              type="button"
              aria-label={w('label_without', { label })}
              title={w('label_without', { label })}
              onClick={() => onLabel({ name, op: '!=', value })}
            >
              ≠
            </button>
          </>
        )}
      </dd>
    </div>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const w = usePageWords(logWords);
  const copied = useSignal(false);
  // Browsers give the clipboard to secure pages alone; elsewhere the text can be selected.
  if (globalThis.navigator?.clipboard === undefined) return null;
  return (
    <>
      <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => (copied.value = true))}>
        {w('line_copy')}
      </button>
      <span role="status">{copied.value ? ` ${w('line_copied')}` : ''}</span>
    </>
  );
}

function Context({ line }: { readonly line: LogLine }) {
  const { api } = useServices();
  const w = usePageWords(logWords);
  const context = useSignal<LogContext | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const load = async (): Promise<void> => {
    const answer = await logQuestions(api).context(line.seq, CONTEXT_LINES);
    context.value = answer.ok ? answer.data : undefined;
    failure.value = answer.ok ? undefined : answer.failure;
  };
  const found = context.value;
  return (
    <>
      {found === undefined && (
        <button type="button" onClick={() => void load()}>
          {w('context')}
        </button>
      )}
      {failure.value !== undefined && <p role="alert">{w('context_gone', { message: failure.value.message })}</p>}
      {found !== undefined && (
        <ol class="log-lines log-context" aria-label={w('context')}>
          {[...found.before, found.line, ...found.after].map((one) => (
            <PlainLine key={one.seq} line={one} current={one.seq === line.seq ? w('context_this') : undefined} />
          ))}
        </ol>
      )}
    </>
  );
}
