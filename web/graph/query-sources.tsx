import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Answer } from '../api/answer.ts';
import { useServices } from '../frame/services.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { askMetrics, type ListedMetric, listedMetrics, metricsNamed } from './metric-list.ts';
import type { QueryHistory } from './query-history.ts';
import { graphPageWords } from './words.ts';

/** Nobody reads more: typing finds the others. */
const MOST_METRICS = 100;

/** The metrics of the store, to be written into a query. They are asked for when somebody opens the list. */
export function MetricBrowser({ onMetric }: { readonly onMetric: (name: string) => void }) {
  const w = usePageWords(graphPageWords);
  const open = useSignal(false);
  return (
    <details class="query-source" onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>{w('metrics')}</summary>
      {open.value && <Metrics onMetric={onMetric} />}
    </details>
  );
}

function Metrics({ onMetric }: { readonly onMetric: (name: string) => void }) {
  const { api } = useServices();
  const w = usePageWords(graphPageWords);
  const typed = useSignal('');
  const asked = useSignal<Answer<readonly ListedMetric[]> | undefined>(undefined);
  useEffect(() => {
    void askMetrics(api).then((answer) => {
      asked.value = answer.ok ? { ok: true, data: listedMetrics(answer.data) } : answer;
    });
  }, [api, asked]);
  if (asked.value === undefined) return null;
  if (!asked.value.ok) return <p role="alert">{asked.value.failure.message}</p>;
  const found = metricsNamed(asked.value.data, typed.value);
  return (
    <>
      <input
        type="search"
        aria-label={w('metric_search')}
        placeholder={w('metric_search')}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <p role="status" class="muted">
        {w('metrics_found', { count: found.length, shown: Math.min(found.length, MOST_METRICS) })}
      </p>
      <ul class="examples">
        {found.slice(0, MOST_METRICS).map(({ name, type }) => (
          <li key={name}>
            <button type="button" class="mono" onClick={() => onMetric(name)}>
              <LineText text={name} />
            </button>{' '}
            <span class="muted">{type}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

interface PastQueriesProps {
  readonly past: QueryHistory;
  readonly onQuery: (text: string) => void;
  readonly onForget: () => void;
}

/** What was run on this browser. */
export function PastQueries({ past, onQuery, onForget }: PastQueriesProps) {
  const w = usePageWords(graphPageWords);
  if (past.length === 0) return null;
  return (
    <details class="query-source">
      <summary>{w('past')}</summary>
      <p class="muted">{w('past_private')}</p>
      <ul class="examples">
        {past.map((text) => (
          <li key={text}>
            <button type="button" class="mono" onClick={() => onQuery(text)}>
              <LineText text={text} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={onForget}>
        {w('forget')}
      </button>
    </details>
  );
}

const EXAMPLES = [
  'sum by (service) (rate(http_requests_total[5m]))',
  'rate(host_network_receive_bytes_total[5m]) * 8',
  'host_load1',
];

/** What to begin with. */
export function Examples({ onExample }: { readonly onExample: (text: string) => void }) {
  const w = usePageWords(graphPageWords);
  return (
    <div>
      <p>{w('examples')}</p>
      <ul class="examples">
        {EXAMPLES.map((example) => (
          <li key={example}>
            <button type="button" class="mono" onClick={() => onExample(example)}>
              {example}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
