import type { QueryData } from '../../server/model/engine.ts';
import { type Labels, seriesKey } from '../../server/model/labels.ts';

/** An answer as one line per series, so that a case is a line. */
export function answerLines(answer: QueryData): string {
  switch (answer.resultType) {
    case 'vector':
      return answer.result.map(({ metric, value }) => line(metric, value[1])).join('\n');
    case 'matrix':
      return answer.result
        .map(({ metric, values }) => line(metric, values.map(([t, v]) => `${v}@${t}`).join(' ')))
        .join('\n');
    default:
      return answer.result[1];
  }
}

function line({ __name__ = '', ...labels }: Labels, text: string): string {
  return `${seriesKey(__name__, labels)} ${text}`.trimStart();
}
