import type { Signal } from '@preact/signals';
import type { Release, ReleasesAnswer } from '../../server/model/releases.ts';
import { LineText } from '../logs/line-text.tsx';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import type { AddressPart } from './address.ts';
import { useAnswerTo } from './answer-to.ts';
import { releaseMarkWords } from './release-words.ts';
import { useServices } from './services.ts';

/** A table below a chart is not a log: the rest is counted. */
const MOST_ROWS = 10;

const EVERY_MS = 60_000;

/** Whether releases are marked on the charts of a page. */
export interface ReleaseMarks {
  readonly isShown: boolean;
  readonly onShown: (isShown: boolean) => void;
  /** Of all services, newest first; absent before the first answer, and while nobody wants them. */
  readonly releases?: readonly Release[];
  /** Why they are not there. */
  readonly problem?: string;
}

/** In the address, so that a colleague sees the same lines. */
export const RELEASES_PART: AddressPart<boolean> = {
  name: 'releases',
  read: (text) => text === '1',
  write: (isShown) => (isShown ? '1' : undefined),
};

/** Asked for while they are shown, anew every minute. */
export function useReleaseMarks(shown: Signal<boolean>): ReleaseMarks {
  const { api, live } = useServices();
  const isShown = shown.value;
  const minute = Math.floor(live.now.value / EVERY_MS);
  const asked = useAnswerTo(isShown ? String(minute) : undefined, () => api.ask<ReleasesAnswer>('/api/vigie/releases'));
  const choice = { isShown, onShown: (next: boolean) => (shown.value = next) };
  if (!isShown) return choice;
  return {
    ...choice,
    ...(asked.data !== undefined && { releases: asked.data.releases }),
    ...(asked.failure !== undefined && { problem: asked.failure.message }),
  };
}

export function releasesBetween(
  releases: readonly Release[] | undefined,
  { start, end }: { readonly start: number; readonly end: number },
): readonly Release[] | undefined {
  return releases?.filter(({ time }) => time > start && time < end);
}

/** What the address of a picture says of the releases on the chart it shows. */
export function markedParams(releases: readonly Release[] | undefined): Readonly<Record<string, string>> {
  return releases === undefined ? {} : { [RELEASES_PART.name]: '1' };
}

/** A box to tick, and why nothing comes of it. */
export function ReleaseChoice({ isShown, onShown, problem }: ReleaseMarks) {
  const w = usePageWords(releaseMarkWords);
  return (
    <>
      <label class="check">
        <input type="checkbox" checked={isShown} onChange={(event) => onShown(event.currentTarget.checked)} />{' '}
        {w('choice')}
      </label>
      {problem !== undefined && <p role="alert">{w('failed', { message: problem })}</p>}
    </>
  );
}

/** What the lines on the charts stand for, in full. Absent releases are those nobody asked for. */
export function ReleaseTable({ releases }: { readonly releases: readonly Release[] | undefined }) {
  const { times } = useSpeech();
  const w = usePageWords(releaseMarkWords);
  if (releases === undefined) return null;
  if (releases.length === 0) return <p class="muted release-marks-none">{w('none')}</p>;
  const columns = ['version', 'service', 'when', 'who'] as const;
  return (
    <>
      <table class="cards release-marks">
        <caption>{w('caption')}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {w(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {releases.slice(0, MOST_ROWS).map(({ id, version, service, time, by }) => (
            <tr key={id}>
              <th scope="row" class="wrapped">
                <LineText text={version} />
              </th>
              <td data-label={w('service')} class="wrapped">
                <LineText text={service} />
              </td>
              <td data-label={w('when')}>{times.shortMoment(time)}</td>
              <td data-label={w('who')} class="wrapped">
                <LineText text={by} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {releases.length > MOST_ROWS && <p class="muted">{w('more', { count: releases.length - MOST_ROWS })}</p>}
    </>
  );
}
