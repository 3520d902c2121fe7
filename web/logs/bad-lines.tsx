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

/** What went wrong in the program's own words: the newest lines of level err, or why there are none. */
export function BadLines({ service, kind, span }: BadLinesProps) {
  const { api } = useServices();
  const w = usePageWords(logWords);
  const search: LogSearch = {
    range: brushed(span.start, span.end),
    labels: [{ name: 'service', op: '=', value: service }],
    text: '',
    regex: '',
    level: 'err',
    follow: false,
  };
  const question = JSON.stringify([service, span]);
  const found = useAnswerTo(question, () => logQuestions(api).lines(search, span, BAD_LINES));
  const lines = found.data?.lines ?? [];
  const none = found.data !== undefined && lines.length === 0;
  const labels = useAnswerTo(none ? question : undefined, () => logQuestions(api).labels(span));
  const stored = labels.data?.labels.service?.includes(service);
  return (
    <section aria-labelledby="bad-lines">
      <h2 id="bad-lines">{w('bad_lines', { service })}</h2>
      {kind === 'latency' && lines.length > 0 && <p class="muted">{w('bad_lines_slow', { service })}</p>}
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
