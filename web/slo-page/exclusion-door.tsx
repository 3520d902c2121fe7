import { ErrorBoundary, lazy } from 'preact-iso';
import type { ExclusionUndo } from '../../server/model/exclusions.ts';
import type { SloStatus } from '../../server/model/slo.ts';
import type { Api } from '../api/client.ts';
import type { ExclusionMaker, UndoExclusion } from './exclusions.tsx';

/** Most readers exclude nothing. */
const LazyExclusionForm = lazy(() => import('./exclusion-form.tsx').then((module) => module.ExclusionForm));

/** What makes and undoes exclusions of an SLO; `onChanged` is called after either. */
export function exclusionDoor(
  api: Pick<Api, 'ask'>,
  onChanged: () => void,
): { readonly undo: UndoExclusion; readonly formOf: (slo: SloStatus) => ExclusionMaker } {
  return {
    undo: async (exclusion, author) => {
      const path = `/api/vigie/exclusions/${encodeURIComponent(exclusion)}`;
      const answer = await api.ask<ExclusionUndo>(path, 'DELETE', { author });
      if (answer.ok) onChanged();
      return answer;
    },
    formOf: (slo) => (onClose) => (
      <ErrorBoundary>
        <LazyExclusionForm
          slo={slo}
          onClose={(made) => {
            if (made) onChanged();
            onClose(made);
          }}
        />
      </ErrorBoundary>
    ),
  };
}
