import type { Alert } from '../../server/model/alerts.ts';
import { useSpeech } from '../words/speech.ts';

/** Colour never speaks alone: a page is a full square, a ticket a triangle, what is only suspected a circle. */
export function AlertMark({ alert: { state, tier } }: { readonly alert: Pick<Alert, 'state' | 'tier'> }) {
  const { say } = useSpeech();
  const colour = state === 'pending' ? 'too_new' : tier === 'page' ? 'exhausted' : 'burning';
  return (
    <span class={`state state-${colour}`}>
      <span class="shape" aria-hidden="true">
        {state === 'pending' ? '◔' : tier === 'page' ? '■' : '▲'}
      </span>
      {say(`alert_tier_${tier}`)}
      {state === 'pending' && `, ${say('alert_state_pending')}`}
    </span>
  );
}
