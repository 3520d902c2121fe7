import { useSignal } from '@preact/signals';
import { LOG_LEVELS } from '../../server/model/logs.ts';
import type { Failure } from '../api/answer.ts';
import { usePageWords } from '../words/page-words.ts';
import type { LogSearch } from './log-search.ts';
import { logWords } from './words.ts';

interface SearchFormProps {
  readonly search: LogSearch;
  /** Why the pattern was refused. */
  readonly refused: Failure | undefined;
  readonly onSearch: (change: Partial<LogSearch>) => void;
}

/** Text, pattern and level; what is wrong with a pattern is said under it. */
export function SearchForm({ search, refused, onSearch }: SearchFormProps) {
  const w = usePageWords(logWords);
  const text = useSignal(search.text);
  const regex = useSignal(search.regex);
  return (
    <form
      class="log-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch({ text: text.value, regex: regex.value });
      }}
    >
      <label>
        <span>{w('text')}</span>
        <input
          type="search"
          class="mono"
          value={text.value}
          placeholder={w('text_hint')}
          spellcheck={false}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <label>
        <span>{w('regex')}</span>
        <input
          type="search"
          class="mono"
          value={regex.value}
          placeholder={w('regex_hint')}
          spellcheck={false}
          aria-invalid={refused !== undefined}
          aria-describedby={refused === undefined ? undefined : 'regex-error'}
          onInput={(event) => (regex.value = event.currentTarget.value)}
        />
      </label>
      <LevelChoice search={search} onSearch={onSearch} />
      <button type="submit" class="primary">
        {w('search')}
      </button>
      {refused !== undefined && (
        <p id="regex-error" class="query-error" role="alert">
          {refused.message}
        </p>
      )}
    </form>
  );
}

function LevelChoice({ search, onSearch }: Pick<SearchFormProps, 'search' | 'onSearch'>) {
  const w = usePageWords(logWords);
  return (
    <label>
      <span>{w('level')}</span>
      <select
        value={search.level ?? ''}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onSearch({ level: LOG_LEVELS.find((level) => level === value) });
        }}
      >
        <option value="">{w('level_any')}</option>
        {LOG_LEVELS.map((level) => (
          <option key={level} value={level}>
            {w('level_from', { level })}
          </option>
        ))}
      </select>
    </label>
  );
}
