import type { SloKind } from '../../server/model/slo.ts';
import { useAnswerTo } from '../frame/answer-to.ts';
import { useServices } from '../frame/services.ts';
import { brushed } from '../graph/graph-range.ts';
import { usePageWords } from '../words/page-words.ts';
import { LogLines } from './log-lines.tsx';
import { logQuestions, type Span } from './log-questions.ts';
import { type LogSearch, writeLogSearch } from './log-search.ts';
import { NO_MARKS } from './matches.ts';
import { logWords } from './words.ts';
import '../style/logs.css';

interface BadLinesProps {
  readonly service: string;
  /** An SLO of latency counts what is slow, which is not what is written here. */
  readonly kind: SloKind;
  /** That of the charts above. */
  readonly span: Span;
}

const BAD_LINES = 20;

/** What went wrong in the program's own words, or why that cannot be shown. */
export function BadLines({ service, kind, span }: BadLinesProps) {
  return kind === 'latency' ? (
    <SlowRequests service={service} span={span} />
  ) : (
    <ErrorLines service={service} span={span} />
  );
}

type EvidenceProps = Omit<BadLinesProps, 'kind'>;

/** The newest lines of level err, or why there are none. */
function ErrorLines({ service, span }: EvidenceProps) {
  const { api } = useServices();
  const w = usePageWords(logWords);
  const search: LogSearch = { ...linesOf(service, span), level: 'err' };
  const question = JSON.stringify([service, span]);
  const found = useAnswerTo(question, () => logQuestions(api).lines(search, span, BAD_LINES));
  const lines = found.data?.lines ?? [];
  const none = found.data !== undefined && lines.length === 0;
  // Lines of another time are stored lines too.
  const labels = useAnswerTo(none ? question : undefined, () => logQuestions(api).labels({ start: 0, end: span.end }));
  const stored = labels.data?.labels.service?.includes(service);
  return (
    <section aria-labelledby="bad-lines">
      <h2 id="bad-lines">{w('bad_lines', { service })}</h2>
      {found.failure !== undefined && <p role="status">{`${w('failed')} ${found.failure.message}`}</p>}
      {none && stored !== undefined && <p>{w(stored ? 'bad_lines_none' : 'bad_lines_unstored', { service })}</p>}
      <LogLines lines={lines} find={NO_MARKS} onLabel={undefined} />
      {lines.length > 0 && (
        <p>
          <a href={`/logs${writeLogSearch(search)}`}>{w('bad_lines_all')}</a>
        </p>
      )}
    </section>
  );
}

/** A line has no duration to be searched by, and its errors are no evidence of slowness. */
function SlowRequests({ service, span }: EvidenceProps) {
  const w = usePageWords(logWords);
  return (
    <section aria-labelledby="bad-lines">
      <h2 id="bad-lines">{w('slow_lines', { service })}</h2>
      <p>
        {w('slow_lines_why')}{' '}
        <a href={`/logs${writeLogSearch(linesOf(service, span))}`}>{w('slow_lines_all', { service })}</a>
      </p>
    </section>
  );
}

function linesOf(service: string, { start, end }: Span): LogSearch {
  return {
    range: brushed(start, end),
    labels: [{ name: 'service', op: '=', value: service }],
    text: '',
    regex: '',
    level: undefined,
    follow: false,
  };
}
