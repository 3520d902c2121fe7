import type { LogLine, LogTail } from '../../server/model/logs.ts';

/** Lines kept on the page while it follows. */
export const MAX_TAIL_LINES = 1000;

export interface TailState {
  /** Newest first. */
  readonly lines: readonly LogLine[];
  /** Those that came while paused, newest first; as bounded as the others. */
  readonly waiting: readonly LogLine[];
  /** Older lines had to go. */
  readonly bounded: boolean;
  /** `closed`: the server refused, and it is not tried again. */
  readonly link: 'connecting' | 'open' | 'lost' | 'closed';
}

export const TAIL_START: TailState = { lines: [], waiting: [], bounded: false, link: 'connecting' };

export type TailEvent =
  | { readonly kind: 'lines'; readonly tail: LogTail; readonly paused: boolean }
  | { readonly kind: 'resume' }
  | { readonly kind: 'link'; readonly link: TailState['link'] };

export function reduceTail(state: TailState, event: TailEvent): TailState {
  switch (event.kind) {
    case 'link':
      return { ...state, link: event.link };
    case 'resume':
      return { ...state, ...before(state.waiting, state.lines, state.bounded), waiting: [] };
    case 'lines': {
      const fresh = event.tail.lines.toReversed();
      if (!event.paused) return { ...state, link: 'open', ...before(fresh, state.lines, state.bounded) };
      const { lines: waiting, bounded } = before(fresh, state.waiting, state.bounded);
      return { ...state, link: 'open', waiting, bounded };
    }
  }
}

function before(fresh: readonly LogLine[], old: readonly LogLine[], bounded: boolean) {
  const all = fresh.length === 0 ? old : [...fresh, ...old];
  return { lines: all.slice(0, MAX_TAIL_LINES), bounded: bounded || all.length > MAX_TAIL_LINES };
}
