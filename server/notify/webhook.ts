import { messageOf } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import type { Voice } from './message-text.ts';
import type { Outcome, Receiver } from './receiver.ts';
import { webhookMessage } from './webhook-message.ts';

export interface WebhookOptions extends Pick<Receiver, 'name' | 'tiers'> {
  /** http or https. Its path may be a secret: it is never shown. */
  readonly url: URL;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  /** For the whole request. */
  readonly timeout: Ms;
  readonly voice: Voice;
}

/** Busy or waiting for us: those ask to be tried again, as every 5xx does. */
const PASSING = new Set([408, 425, 429]);

/** POSTs Alertmanager's JSON. Redirects are refused: the address comes from the configuration and from nowhere else. */
export function webhookReceiver({ name, tiers, url, token, timeout, voice }: WebhookOptions): Receiver {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Vigie',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    name,
    tiers,
    integration: 'webhook',
    deliver: async (message, signal) => {
      if (message.kind === 'report') return { result: 'failed', error: 'a report goes by mail' };
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': message.id },
          body: JSON.stringify(webhookMessage(message, voice)),
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        });
        // Nothing in the answer is wanted, and it may have no end.
        await response.body?.cancel();
        return outcomeOf(response.status, url);
      } catch (error) {
        return { result: 'retry', error: `cannot reach ${url.origin}: ${causeOf(error)}` };
      }
    },
  };
}

function outcomeOf(status: number, url: URL): Outcome {
  if (status >= 200 && status < 300) return { result: 'delivered' };
  const error = `${url.origin} answered ${status}`;
  if (status >= 500 || PASSING.has(status)) return { result: 'retry', error };
  if (status >= 300 && status < 400) return { result: 'failed', error: `${error}; want the address it redirects to` };
  return { result: 'failed', error };
}

/** fetch hides the reason one or two causes down. */
function causeOf(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer in time';
  return messageOf(cause);
}
