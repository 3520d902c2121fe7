import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LogTail } from '../../server/model/logs.ts';
import { useServices } from '../frame/services.ts';
import { usePageWords } from '../words/page-words.ts';
import type { LabelActions } from './line-detail.tsx';
import { LogLines } from './log-lines.tsx';
import { PAGE_LINES, tailPath } from './log-questions.ts';
import type { LogSearch } from './log-search.ts';
import type { FindMarks } from './matches.ts';
import { MAX_TAIL_LINES, reduceTail, TAIL_START, type TailState } from './tail-state.ts';
import { logWords } from './words.ts';

interface FollowProps extends LabelActions {
  readonly search: LogSearch;
  readonly find: FindMarks;
}

/** New lines as they are stored. The page's own pause stops it too: what moves can be stopped (WCAG 2.2.2). */
export function Follow({ search, find, onLabel }: FollowProps) {
  const { live } = useServices();
  const w = usePageWords(logWords);
  const own = useSignal(false);
  const paused = own.value || live.state.value.paused;
  const state = useTail(tailPath(search, PAGE_LINES), paused);
  const { lines, waiting, bounded, link } = state.value;
  return (
    <>
      <div class="log-bar">
        <p role="status">{link === 'open' ? w('follow_open', { count: lines.length }) : w(`follow_${link}`)}</p>
        <button type="button" onClick={() => (own.value = !own.value)}>
          {w(own.value ? 'follow_resume' : 'follow_pause')}
        </button>
        {waiting.length > 0 && <span class="muted">{w('follow_waiting', { count: waiting.length })}</span>}
      </div>
      <LogLines lines={lines} find={find} onLabel={onLabel} />
      {bounded && <p class="muted">{w('follow_bound', { count: MAX_TAIL_LINES })}</p>}
    </>
  );
}

/** The browser connects again by itself and says which line it had last, so that none is missed. */
function useTail(path: string, paused: boolean): Signal<TailState> {
  const state = useSignal(TAIL_START);
  const standing = useSignal(paused);
  useEffect(() => {
    standing.value = paused;
    if (!paused) state.value = reduceTail(state.value, { kind: 'resume' });
  }, [paused]);
  useEffect(() => {
    state.value = TAIL_START;
    const source = new EventSource(path);
    source.addEventListener('lines', ({ data }: MessageEvent<string>) => {
      const tail = JSON.parse(data) as LogTail;
      state.value = reduceTail(state.value, { kind: 'lines', tail, paused: standing.peek() });
    });
    source.addEventListener('error', () => {
      const link = source.readyState === EventSource.CLOSED ? 'closed' : 'lost';
      state.value = reduceTail(state.value, { kind: 'link', link });
    });
    return () => source.close();
  }, [path]);
  return state;
}
