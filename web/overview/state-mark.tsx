import type { SloState } from '../../server/model/slo.ts';
import { useSpeech } from '../words/speech.ts';

/** Colour never speaks alone: each state has a shape and a word as well. */
export const STATE_SHAPES: Readonly<Record<SloState, string>> = {
  ok: '●',
  burning: '▲',
  exhausted: '■',
  too_little_traffic: '◐',
  no_traffic: '○',
  no_data: '✕',
  too_new: '◔',
};

export function StateMark({ state }: { readonly state: SloState }) {
  const speech = useSpeech();
  return (
    <span class={`state state-${state}`}>
      <span class="shape" aria-hidden="true">
        {STATE_SHAPES[state]}
      </span>
      {speech.state(state)}
    </span>
  );
}
