import { useSignal } from '@preact/signals';
import type { LogLabels } from '../../server/model/logs.ts';
import { usePageWords } from '../words/page-words.ts';
import { type LabelFilter, withLabel } from './log-search.ts';
import { visibleText } from './visible-text.ts';
import { logWords } from './words.ts';

interface LabelFiltersProps {
  readonly filters: readonly LabelFilter[];
  /** The labels there are in the range; absent until they are known. */
  readonly known: LogLabels | undefined;
  readonly onFilters: (filters: readonly LabelFilter[]) => void;
}

/** The labels that lines must have, or must not, as chips, and a choice of those there are. */
export function LabelFilters({ filters, known, onFilters }: LabelFiltersProps) {
  const w = usePageWords(logWords);
  return (
    <fieldset class="log-labels">
      <legend class="spoken">{w('labels')}</legend>
      {filters.map((filter) => (
        <Chip
          key={`${filter.name}${filter.op}${filter.value}`}
          filter={filter}
          onRemove={() => onFilters(filters.filter((other) => other !== filter))}
        />
      ))}
      {known !== undefined && Object.keys(known.labels).length > 0 && (
        <AddLabel known={known} onAdd={(filter) => onFilters(withLabel(filters, filter))} />
      )}
    </fieldset>
  );
}

function Chip({ filter, onRemove }: { readonly filter: LabelFilter; readonly onRemove: () => void }) {
  const w = usePageWords(logWords);
  const label = `${filter.name} ${filter.op === '=' ? '=' : '≠'} ${visibleText(filter.value)}`;
  return (
    <span class="chip mono">
      {label}
      <button type="button" aria-label={w('label_remove', { label })} onClick={onRemove}>
        ×
      </button>
    </span>
  );
}

function AddLabel({ known, onAdd }: { readonly known: LogLabels; readonly onAdd: (filter: LabelFilter) => void }) {
  const w = usePageWords(logWords);
  const op = useSignal<LabelFilter['op']>('=');
  const choice = useSignal('');
  return (
    <form
      class="log-add"
      onSubmit={(event) => {
        event.preventDefault();
        const [name, value] = readOption(choice.value);
        if (name !== undefined && value !== undefined) onAdd({ name, op: op.value, value });
        choice.value = '';
      }}
    >
      <select
        required
        aria-label={w('label_choose')}
        value={choice.value}
        onChange={(event) => (choice.value = event.currentTarget.value)}
      >
        <option value="">{w('label_choose')}</option>
        {Object.entries(known.labels).map(([name, values]) => (
          <optgroup key={name} label={name}>
            {values.map((value) => (
              <option key={value} value={JSON.stringify([name, value])}>
                {name} {op.value === '=' ? '=' : '≠'} {visibleText(value)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <select
        aria-label={`${w('label_is')} / ${w('label_is_not')}`}
        value={op.value}
        onChange={(event) => (op.value = event.currentTarget.value === '!=' ? '!=' : '=')}
      >
        <option value="=">{w('label_is')}</option>
        <option value="!=">{w('label_is_not')}</option>
      </select>
      <button type="submit">{w('label_add')}</button>
      {known.truncated && <span class="muted">{w('label_more')}</span>}
    </form>
  );
}

/** Of an option's own value, which we wrote. */
function readOption(text: string): readonly string[] {
  return text === '' ? [] : (JSON.parse(text) as readonly string[]);
}
