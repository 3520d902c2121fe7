import type { Release } from '../../server/model/releases.ts';
import { visibleText } from '../logs/visible-text.ts';
import { releaseMoments } from './moment-lines.ts';

interface ReleaseOverlayProps {
  readonly releases: readonly Release[] | undefined;
  /** What the bars below stand for from their left edge to their right one, in the times of `releases`. */
  readonly start: number;
  readonly end: number;
}

/** Releases over bars that the page draws itself, as on every other chart; the table below says them in full. */
export function ReleaseOverlay({ releases = [], start, end }: ReleaseOverlayProps) {
  return (
    <div class="release-overlay" aria-hidden="true">
      {releaseMoments(releases, { start, end }).map(({ id, share, name, named }) => (
        <span key={id} class="release-line" style={{ left: `${share * 100}%` }}>
          {named.wide && <span class={named.narrow ? undefined : 'wide-only'}>{visibleText(name)}</span>}
        </span>
      ))}
    </div>
  );
}
