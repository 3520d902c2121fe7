import { inactiveAlert, nextAlert } from '../../rules/alerts/alert-state.ts';
import { speakerIn } from '../../server/evaluation/sentences.ts';
import type { Alert } from '../../server/model/alerts.ts';
import type { Language } from '../../server/model/words/words.ts';
import type { Voice } from '../../server/notify/message-text.ts';
import type { AlertMessage } from '../../server/notify/receiver.ts';
import { events, NOW, slo, statusOf } from '../rules/observation.ts';

/** A page that fires: a tenth of a thousand requests failed within the last minutes. */
export function firingAlert(changes: Partial<Parameters<typeof slo>[0]> = {}): Alert {
  const definition = slo(changes);
  const { alert } = nextAlert(inactiveAlert(definition.id), statusOf(definition, events(901, 100, 120_000)), NOW);
  if (alert === undefined) throw new Error('the alert of the fixture does not fire');
  return alert;
}

export function outgoing(changes: Partial<AlertMessage> = {}, content: Alert = firingAlert()): AlertMessage {
  return {
    id: `${content.id}/oncall/firing-page-${NOW}`,
    receiver: 'oncall',
    integration: 'webhook',
    alert: content.id,
    slo: content.slo,
    kind: 'firing',
    tier: 'page',
    created: NOW,
    state: 'waiting',
    attempts: 0,
    content,
    ...changes,
  };
}

export function voice(language: Language = 'en', publicUrl: string | undefined = 'https://vigie.example.org'): Voice {
  return { language, say: speakerIn(language), publicUrl };
}

/** An SLO title that would break out of a header, of HTML and of the direction of its line. */
export const HOSTILE_TITLE =
  '<img src=x onerror=alert(1)>\r\nBcc: everybody@example.org\r\n\r\n\u202egnp.exe \u001b[31m"\'&';
