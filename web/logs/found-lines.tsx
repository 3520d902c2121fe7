import type { LogPage, LogStats } from '../../server/model/logs.ts';
import type { Failure } from '../api/answer.ts';
import { Skeleton } from '../frame/skeleton.tsx';
import { brushed, type GraphRange } from '../graph/graph-range.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import type { LabelActions } from './line-detail.tsx';
import { LogLines } from './log-lines.tsx';
import { exportPath, type Span } from './log-questions.ts';
import type { LogSearch } from './log-search.ts';
import type { FindMarks } from './matches.ts';
import { logWords } from './words.ts';

export interface FoundLinesProps extends LabelActions {
  readonly search: LogSearch;
  readonly find: FindMarks;
  /** The window asked for, and the pages that answered, newest first; none before the first answer. */
  readonly span: Span | undefined;
  readonly pages: readonly LogPage[];
  /** What is stored at all; asked for where nothing was found. */
  readonly stored: LogStats | undefined;
  readonly onMore: () => void;
  /** Why the lines asked for last with `onMore` are not among them. */
  readonly moreFailure: Failure | undefined;
  readonly onRange: (range: GraphRange) => void;
}

/** The lines of a search, how complete they are, and ways on from here. */
export function FoundLines({
  search,
  find,
  span,
  pages,
  stored,
  onMore,
  moreFailure,
  onRange,
  onLabel,
}: FoundLinesProps) {
  const w = usePageWords(logWords);
  const { numbers } = useSpeech();
  const last = pages.at(-1);
  if (last === undefined || span === undefined) return <Skeleton />;
  const lines = pages.flatMap((page) => page.lines);
  const bytes = numbers.bytes(pages.reduce((sum, { scanned }) => sum + scanned.bytes, 0));
  const next = last.next !== undefined;
  return (
    <>
      {lines.length > 0 && <p role="status">{w('found', { count: lines.length, more: next ? 'yes' : 'no', bytes })}</p>}
      {lines.length === 0 && last.partial === undefined && (
        <NothingFound search={search} span={span} stored={stored} onRange={onRange} />
      )}
      <LogLines lines={lines} find={find} onLabel={onLabel} />
      {last.partial !== undefined && <Partial partial={last.partial} bytes={bytes} />}
      {moreFailure !== undefined && <p role="alert">{w('failed_more', { message: moreFailure.message })}</p>}
      <div class="log-bar">
        {next && (
          <button type="button" onClick={onMore}>
            {w(last.partial === undefined ? 'more' : 'partial_on')}
          </button>
        )}
        {lines.length > 0 && (
          <p class="pictures">
            {w('export')}
            {(['txt', 'json', 'csv'] as const).map((format) => (
              <a key={format} href={exportPath(search, span, format)} target="_top" download={`logs.${format}`}>
                {format}
              </a>
            ))}
          </p>
        )}
      </div>
    </>
  );
}

function Partial({ partial, bytes }: { readonly partial: NonNullable<LogPage['partial']>; readonly bytes: string }) {
  const w = usePageWords(logWords);
  const { times } = useSpeech();
  const reached = partial.reached === undefined ? 'none' : times.moment(partial.reached);
  return (
    <p class="notice" role="status">
      {w('partial', { bytes, reason: partial.reason, reached })}
    </p>
  );
}

type NothingFoundProps = Pick<FoundLinesProps, 'search' | 'stored' | 'onRange'> & { readonly span: Span };

/** Which emptiness it is, and what to do next. */
function NothingFound({ search, span, stored, onRange }: NothingFoundProps) {
  const w = usePageWords(logWords);
  const { times } = useSpeech();
  if (stored === undefined) return null;
  const { oldest, newest } = stored;
  if (oldest === undefined || newest === undefined) return <p class="empty">{w('none_stored')}</p>;
  const length = span.end - span.start;
  if (newest <= span.start) {
    return (
      <p class="empty">
        {w('none_here', { moment: times.moment(newest) })}{' '}
        <button type="button" onClick={() => onRange(brushed(newest - length, newest + 1))}>
          {w('none_go')}
        </button>
      </p>
    );
  }
  if (oldest > span.end) {
    return (
      <p class="empty">
        {w('none_before', { moment: times.moment(oldest) })}{' '}
        <button type="button" onClick={() => onRange(brushed(oldest - 1, oldest + length))}>
          {w('none_go')}
        </button>
      </p>
    );
  }
  const plain = search.labels.length === 0 && search.text === '' && search.regex === '' && search.level === undefined;
  return <p class="empty">{plain ? w('none_here', { moment: times.moment(newest) }) : w('none_filtered')}</p>;
}
