import type { LogHistogram, LogLabels } from '../../server/model/logs.ts';
import type { Failure } from '../api/answer.ts';
import type { ReleaseMarks } from '../frame/release-marks.tsx';
import { brushed, type GraphRange } from '../graph/graph-range.ts';
import { TimePicker } from '../graph/time-picker.tsx';
import { usePageWords } from '../words/page-words.ts';
import { Follow } from './follow.tsx';
import { FoundLines, type FoundLinesProps } from './found-lines.tsx';
import { Histogram } from './histogram.tsx';
import { LabelFilters } from './label-filters.tsx';
import type { Span } from './log-questions.ts';
import { type LabelFilter, LOG_PRESETS_SECS, type LogSearch, withLabel } from './log-search.ts';
import { SearchForm } from './search-form.tsx';
import { useMarks } from './use-marks.ts';
import { logWords } from './words.ts';

export interface Answered<T> {
  readonly span: Span;
  readonly data: T;
}

interface LogsPageProps extends Omit<FoundLinesProps, 'find' | 'onLabel' | 'search' | 'onRange'> {
  readonly search: LogSearch;
  readonly onSearch: (change: Partial<LogSearch>) => void;
  readonly onBack: (() => void) | undefined;
  /** The server's time, ms. */
  readonly now: number;
  /** Why the pattern was refused. */
  readonly refused: Failure | undefined;
  readonly histogram: Answered<LogHistogram> | undefined;
  readonly histogramFailure: Failure | undefined;
  readonly labels: LogLabels | undefined;
  readonly marks: ReleaseMarks;
}

/** What to look for, how much of it there is when, and the lines. */
export function LogsPage({
  search,
  onSearch,
  onBack,
  now,
  refused,
  histogram,
  histogramFailure,
  labels,
  marks,
  ...found
}: LogsPageProps) {
  const w = usePageWords(logWords);
  const find = useMarks(search.text, search.regex);
  const onRange = (range: GraphRange): void => onSearch({ range, follow: false });
  const onLabel = (filter: LabelFilter): void => onSearch({ labels: withLabel(search.labels, filter) });
  return (
    <>
      <h1 class="title">{w('title')}</h1>
      <section class="log-search" aria-label={w('search')}>
        <TimePicker presets={LOG_PRESETS_SECS} range={search.range} now={now} onRange={onRange} onBack={onBack} />
        <SearchForm
          key={JSON.stringify([search.text, search.regex])}
          search={search}
          refused={refused}
          onSearch={onSearch}
        />
        <LabelFilters filters={search.labels} known={labels} onFilters={(filters) => onSearch({ labels: filters })} />
      </section>
      {histogram !== undefined && !search.follow && (
        <Histogram
          histogram={histogram.data}
          span={histogram.span}
          marks={marks}
          onSpan={({ start, end }) => onRange(brushed(start, end))}
        />
      )}
      {histogramFailure !== undefined && (
        <p role="status">{w('failed_histogram', { message: histogramFailure.message })}</p>
      )}
      <section aria-labelledby="log-lines">
        <div class="table-head">
          <h2 id="log-lines">{w('lines')}</h2>
          <button type="button" aria-pressed={search.follow} onClick={() => onSearch({ follow: !search.follow })}>
            {w(search.follow ? 'follow_stop' : 'follow')}
          </button>
        </div>
        {search.follow ? (
          <Follow search={search} find={find} onLabel={onLabel} />
        ) : (
          <FoundLines {...found} search={search} find={find} onLabel={onLabel} onRange={onRange} />
        )}
      </section>
    </>
  );
}
