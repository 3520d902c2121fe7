import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { ShownExclusion } from '../../server/model/exclusions.ts';
import type { SloDetail, SloStatus, SloUnit } from '../../server/model/slo.ts';
import type { Answer } from '../api/answer.ts';
import { budgetLeftText } from '../format/budget-left.ts';
import { LineText } from '../logs/line-text.tsx';
import { type PageSay, usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { type ExclusionWord, exclusionWords } from './exclusion-words.ts';

/** Undoes an exclusion in the name of a person. */
export type UndoExclusion = (id: string, author: string) => Promise<Answer<unknown>>;

const SHAPES = { now: '▨', ahead: '◔', past: '○', undone: '✕' } as const;

/** What makes an exclusion, and whether one was made. */
export type ExclusionMaker = (onClose: (made: boolean) => void) => ComponentChildren;

interface ExclusionsProps {
  readonly detail: SloDetail;
  /** Absent: nobody can undo here. */
  readonly undo: UndoExclusion | undefined;
  /** Absent: nobody can make one here. */
  readonly form: ExclusionMaker | undefined;
}

/** What is left out of the figures, by whom and why, and the figures with it; where nobody can exclude and nobody did, nothing. */
export function Exclusions({ detail: { status, exclusions = [] }, undo, form }: ExclusionsProps) {
  const w = usePageWords(exclusionWords);
  const making = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (exclusions.length === 0 && form === undefined) return null;
  const close = (): void => {
    making.value = false;
    opener.current?.focus();
  };
  return (
    <section aria-labelledby="exclusions">
      <div class="table-head">
        <h2 id="exclusions">{w('title')}</h2>
        {form !== undefined && (
          <button
            type="button"
            ref={opener}
            aria-expanded={making.value}
            onClick={() => {
              making.value = !making.value;
            }}
          >
            {w('make')}
          </button>
        )}
      </div>
      <p class="muted">{exclusions.length === 0 ? w('about') : w('note', { what: status.unit })}</p>
      {making.value && form?.(close)}
      {exclusions.length > 0 && <BeforeAfter slo={status} />}
      {exclusions.length > 0 && <ExclusionTable unit={status.unit} exclusions={exclusions} undo={undo} />}
    </section>
  );
}

interface ExclusionTableProps {
  readonly unit: SloUnit;
  readonly exclusions: readonly ShownExclusion[];
  readonly undo: UndoExclusion | undefined;
}

function ExclusionTable({ unit, exclusions, undo }: ExclusionTableProps) {
  const w = usePageWords(exclusionWords);
  const columns = ['when', 'state', 'counts', 'reason', 'author'] as const;
  return (
    <table class="cards">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {w(`head_${column}`)}
            </th>
          ))}
          {undo !== undefined && <td />}
        </tr>
      </thead>
      <tbody>
        {exclusions.map((exclusion) => (
          <Row key={exclusion.id} unit={unit} exclusion={exclusion} undo={undo} />
        ))}
      </tbody>
    </table>
  );
}

function BeforeAfter({ slo }: { readonly slo: SloStatus }) {
  const speech = useSpeech();
  const { numbers, times, state } = speech;
  const w = usePageWords(exclusionWords);
  const { excluded, objective } = slo;
  if (excluded === undefined) return <p>{w('none_in_force')}</p>;
  const ratio = (value: number | undefined): string =>
    value === undefined
      ? state(slo.state === 'no_data' ? 'no_data' : 'no_traffic')
      : numbers.attained(value, objective);
  const left = (value: number | undefined): string => (value === undefined ? '–' : budgetLeftText(value, speech));
  return (
    <p>
      {w('in_force', {
        what: slo.unit,
        secs_text: times.span(excluded.seconds),
        bad: numbers.count(excluded.counts.bad),
        total: numbers.count(excluded.counts.total),
        otherwise: ratio(excluded.otherwise.attained),
        otherwise_left: left(excluded.otherwise.budget.left_ratio),
        attained: ratio(slo.attained),
        left: left(slo.budget.left_ratio),
      })}
    </p>
  );
}

interface RowProps {
  readonly unit: SloUnit;
  readonly exclusion: ShownExclusion;
  readonly undo: UndoExclusion | undefined;
}

function Row({ unit, exclusion, undo }: RowProps) {
  const { numbers, times } = useSpeech();
  const w = usePageWords(exclusionWords);
  const { state, counts, reason, author, undone } = exclusion;
  return (
    <tr>
      <th scope="row" class="wrapped">
        <LineText text={whenText(exclusion, w, times.shortMoment)} />
      </th>
      <td data-label={w('head_state')} class="wrapped">
        <div>
          <span class="state">
            <span class="shape" aria-hidden="true">
              {SHAPES[state]}
            </span>
            {w(`state_${state}`)}
          </span>{' '}
          {undone !== undefined && (
            <span class="muted">
              <LineText text={w('undone_by', { author: undone.author, moment: times.shortMoment(undone.created) })} />
            </span>
          )}
        </div>
      </td>
      <td data-label={w('head_counts')} class="whole">
        {w('counts', { what: unit, bad: numbers.count(counts.bad), total: numbers.count(counts.total) })}
      </td>
      <td data-label={w('head_reason')} class="wrapped">
        <LineText text={reason} />
      </td>
      <td data-label={w('head_author')} class="wrapped">
        <LineText text={author} />
      </td>
      {undo !== undefined && (
        <td>{state !== 'undone' && <UndoButton exclusion={exclusion} undo={undo} moment={times.shortMoment} />}</td>
      )}
    </tr>
  );
}

interface UndoButtonProps {
  readonly exclusion: ShownExclusion;
  readonly undo: UndoExclusion;
  readonly moment: (time: number) => string;
}

/** Asks whose decision it is first: the undo is an entry with a name. */
function UndoButton({ exclusion: { id, starts }, undo, moment }: UndoButtonProps) {
  const w = usePageWords(exclusionWords);
  const asking = useSignal(false);
  const author = useSignal('');
  const problem = useSignal('');
  const send = async (): Promise<void> => {
    const answer = await undo(id, author.value);
    asking.value = !answer.ok;
    problem.value = answer.ok ? '' : answer.failure.code === 'forbidden' ? w('forbidden') : answer.failure.message;
  };
  if (!asking.value) {
    return (
      <button type="button" aria-label={w('undo_of', { moment: moment(starts) })} onClick={() => (asking.value = true)}>
        {w('undo')}
      </button>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        {w('undo_name')}{' '}
        <input
          type="text"
          required
          maxLength={200}
          value={author.value}
          onInput={(event) => (author.value = event.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit" class="primary">
        {w('undo_confirm')}
      </button>{' '}
      <button type="button" onClick={() => (asking.value = false)}>
        {w('undo_cancel')}
      </button>
      <p role="alert">{problem.value && w('undo_failed', { message: problem.value })}</p>
    </form>
  );
}

function whenText(
  { starts, ends, recurrence }: ShownExclusion,
  w: PageSay<ExclusionWord>,
  moment: (time: number) => string,
): string {
  const span = { start: moment(starts), end: moment(ends) };
  return recurrence === undefined ? w('once', span) : w('again', { ...span, ...recurrence });
}
