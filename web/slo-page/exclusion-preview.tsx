import type { ExclusionPreview, ExclusionRequest, WindowFigures } from '../../server/model/exclusions.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Answer } from '../api/answer.ts';
import { budgetLeftText } from '../format/budget-left.ts';
import { StateMark } from '../overview/state-mark.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { exclusionFormWords } from './exclusion-form-words.ts';

interface ExclusionPreviewTableProps {
  readonly slo: SloStatus;
  readonly request: ExclusionRequest | undefined;
  /** Absent until the server has told. */
  readonly answer: Answer<ExclusionPreview> | undefined;
  /** Both ends are written. */
  readonly isWritten: boolean;
}

/** The figures of the window as they are and as they would be. */
export function ExclusionPreviewTable({ slo, request, answer, isWritten }: ExclusionPreviewTableProps) {
  const w = usePageWords(exclusionFormWords);
  const figures = answer?.ok ? answer.data.slos.find(({ id }) => id === slo.id) : undefined;
  const note = (): string => {
    if (request === undefined) return w(isWritten ? 'turned' : 'preview_wait');
    if (answer === undefined) return w('preview_wait');
    if (!answer.ok) return w('preview_failed', { message: answer.failure.message });
    if (figures === undefined || figures.before.counts.total !== figures.after.counts.total) return '';
    return w((request.starts ?? 0) >= slo.as_of ? 'ahead' : 'same');
  };
  return (
    <div class="exclusion-preview">
      <p role="status">{note()}</p>
      {request !== undefined && figures !== undefined && (
        <table class="cards">
          <caption>{w('preview')}</caption>
          <thead>
            <tr>
              <td />
              <th scope="col" class="number">
                {w('head_attained')}
              </th>
              <th scope="col" class="number">
                {w('head_left')}
              </th>
              <th scope="col" class="number">
                {w('head_counts', { what: slo.unit })}
              </th>
            </tr>
          </thead>
          <tbody>
            <Row name={w('as_it_is')} slo={slo} figures={figures.before} />
            <Row name={w('without')} slo={slo} figures={figures.after} />
          </tbody>
        </table>
      )}
    </div>
  );
}

interface RowProps {
  readonly name: string;
  readonly slo: SloStatus;
  readonly figures: WindowFigures;
}

function Row({ name, slo, figures: { state, attained, budget, counts } }: RowProps) {
  const speech = useSpeech();
  const { numbers } = speech;
  const w = usePageWords(exclusionFormWords);
  return (
    <tr>
      <th scope="row">
        {name} <StateMark state={state} />
      </th>
      <td data-label={w('head_attained')} class="number">
        {attained === undefined ? '–' : numbers.attained(attained, slo.objective)}
      </td>
      <td data-label={w('head_left')} class="number">
        {budget.left_ratio === undefined ? '–' : budgetLeftText(budget.left_ratio, speech)}
      </td>
      <td data-label={w('head_counts', { what: slo.unit })} class="number">
        {w('counts', { bad: numbers.count(counts.bad), total: numbers.count(counts.total) })}
      </td>
    </tr>
  );
}
