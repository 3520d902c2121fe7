import { useSignal } from '@preact/signals';
import type { WebLogService } from '../../server/model/web-log.ts';
import { visibleText } from '../logs/visible-text.ts';
import { usePageWords } from '../words/page-words.ts';
import { DAY_PRESETS, knownDays, shownDays, type WebLogSearch } from './web-log-search.ts';
import { webLogPageWords } from './words.ts';

interface WebLogPickerProps {
  readonly services: readonly WebLogService[];
  readonly search: WebLogSearch;
  readonly onSearch: (search: WebLogSearch) => void;
}

/** Which service, which virtual host, which days. */
export function WebLogPicker({ services, search, onSearch }: WebLogPickerProps) {
  const w = usePageWords(webLogPageWords);
  const meant = services.filter(({ service }) => search.service === undefined || service === search.service);
  const vhosts = [...new Set(meant.flatMap((one) => one.vhosts))].sort();
  const { days } = search;
  const shown = shownDays(days, knownDays(services, search.service));
  return (
    <div class="choices hit-picker">
      <label>
        {w('service')}{' '}
        <select
          value={search.service ?? ''}
          onChange={(event) =>
            onSearch({ ...search, service: event.currentTarget.value || undefined, vhost: undefined })
          }
        >
          <option value="">{w('service_all')}</option>
          {services.map(({ service }) => (
            <option key={service} value={service}>
              {visibleText(service)}
            </option>
          ))}
        </select>
      </label>
      {vhosts.some((vhost) => vhost !== '') && (
        <label>
          {w('vhost')}{' '}
          <select
            value={search.vhost === undefined ? '' : `=${search.vhost}`}
            onChange={(event) => {
              const { value } = event.currentTarget;
              onSearch({ ...search, vhost: value === '' ? undefined : value.slice(1) });
            }}
          >
            <option value="">{w('vhost_all')}</option>
            {vhosts.map((vhost) => (
              <option key={vhost} value={`=${vhost}`}>
                {vhost === '' ? w('vhost_none') : visibleText(vhost)}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset>
        <legend class="spoken">{w('days')}</legend>
        {DAY_PRESETS.map((count) => (
          <button
            key={count}
            type="button"
            aria-pressed={days.kind === 'last' && days.days === count}
            onClick={() => onSearch({ ...search, days: { kind: 'last', days: count } })}
          >
            {w('days_last', { days: count })}
          </button>
        ))}
        <button
          type="button"
          aria-pressed={days.kind === 'all'}
          onClick={() => onSearch({ ...search, days: { kind: 'all' } })}
        >
          {w('days_all')}
        </button>
      </fieldset>
      <FixedDays key={JSON.stringify([search, shown])} shown={shown} search={search} onSearch={onSearch} />
    </div>
  );
}

interface FixedDaysProps extends Pick<WebLogPickerProps, 'search' | 'onSearch'> {
  readonly shown: ReturnType<typeof shownDays>;
}

/** The days shown, to be changed: to apply them unchanged changes nothing. */
function FixedDays({ shown, search, onSearch }: FixedDaysProps) {
  const w = usePageWords(webLogPageWords);
  const from = useSignal(shown?.from ?? '');
  const to = useSignal(shown?.to ?? '');
  const field = (name: string, value: typeof from) => (
    <label>
      {name}{' '}
      <input type="date" required value={value.value} onInput={(event) => (value.value = event.currentTarget.value)} />
    </label>
  );
  return (
    <form
      class="fixed-range"
      onSubmit={(event) => {
        event.preventDefault();
        const [first = '', last = ''] = [from.value, to.value].sort();
        onSearch({ ...search, days: { kind: 'fixed', from: first, to: last } });
      }}
    >
      {field(w('from'), from)}
      {field(w('to'), to)}
      <button type="submit">{w('apply')}</button>
    </form>
  );
}
