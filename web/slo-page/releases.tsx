import { whyMissing } from '../../server/model/missing-figure.ts';
import type { ShownRelease, SpanFigures } from '../../server/model/releases.ts';
import type { SloDetail, SloStatus } from '../../server/model/slo.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { releaseWords } from './release-words.ts';

const COLUMNS = ['version', 'when', 'span', 'before', 'after', 'who', 'note'] as const;

/** The versions of its service that went out in the range, and what the SLO counted before and after each. None: nothing to show. */
export function Releases({ detail: { status, releases = [] } }: { readonly detail: SloDetail }) {
  const w = usePageWords(releaseWords);
  if (releases.length === 0) return null;
  return (
    <section aria-labelledby="releases">
      <h2 id="releases">{w('title')}</h2>
      <p class="muted">{w('note')}</p>
      <table class="cards">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {w(`head_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {releases.map((release) => (
            <Row key={release.id} release={release} slo={status} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ release, slo }: { readonly release: ShownRelease; readonly slo: SloStatus }) {
  const { numbers, times } = useSpeech();
  const w = usePageWords(releaseWords);
  const { version, time, by, note, compared } = release;
  const figures = (span: SpanFigures | undefined): string => {
    const why = whyMissing(slo);
    if (why === 'not_measurable') return w(why);
    if (span === undefined) return w('too_new');
    // What the sources have not told of yet is not in its span.
    if (span.attained === undefined) return w('no_traffic');
    const [bad, total] = [numbers.count(span.bad), numbers.count(span.total)];
    return w('figures', { attained: numbers.attained(span.attained, slo.objective), bad, total, what: slo.unit });
  };
  return (
    <tr>
      <th scope="row" class="wrapped">
        <LineText text={version} />
      </th>
      <td data-label={w('head_when')} class="whole">
        {times.shortMoment(time)}
      </td>
      <td data-label={w('head_span')}>{compared === undefined ? '–' : times.span(compared.span_secs)}</td>
      <td data-label={w('head_before')}>{figures(compared?.before)}</td>
      <td data-label={w('head_after')}>{figures(compared?.after)}</td>
      <td data-label={w('head_who')} class="wrapped">
        <LineText text={by} />
      </td>
      <td data-label={w('head_note')} class="wrapped">
        {note !== undefined && <LineText text={note} />}
      </td>
    </tr>
  );
}
