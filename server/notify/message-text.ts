import type { Alert, AlertSentence } from '../model/alerts.ts';
import type { Language } from '../model/words/words.ts';
import { alertSentence, type Say } from '../model/words/words.ts';
import type { OutgoingMessage } from './receiver.ts';

export interface Voice {
  readonly language: Language;
  readonly say: Say;
  /** What links begin with, without a slash at its end; absent: no links. */
  readonly publicUrl?: string | undefined;
}

/** A message in words: every text on one line, free of control characters. */
export interface MessageText {
  readonly subject: string;
  readonly sentences: readonly string[];
  readonly links: { readonly alert?: string; readonly slo?: string };
}

export function messageText({ kind, tier, content }: OutgoingMessage, { say, publicUrl }: Voice): MessageText {
  const { title, service, figures } = content;
  const subject =
    kind === 'firing'
      ? say('alert_subject_firing', { tier, title, service, rate: figures.long.rate ?? 0 })
      : say('alert_subject_resolved', { title, service });
  return {
    subject: oneLine(subject),
    sentences: sentencesOf(kind, content).map((sentence) => oneLine(alertSentence(sentence, say))),
    links: publicUrl === undefined ? {} : linksTo(content, publicUrl),
  };
}

/** For a receiver of pages it is over while the alert still burns as a ticket. */
function sentencesOf(kind: OutgoingMessage['kind'], alert: Alert): readonly AlertSentence[] {
  const eased = kind === 'resolved' && alert.state !== 'resolved';
  return eased ? [{ code: 'eased', args: { service: alert.service } }, ...alert.sentences] : alert.sentences;
}

function linksTo({ id, slo }: Alert, publicUrl: string): MessageText['links'] {
  return { alert: `${publicUrl}/alerts/${encodeURIComponent(id)}`, slo: `${publicUrl}/slo/${encodeURIComponent(slo)}` };
}

/**
 * Text that may hold anything, for one line of a mail, a header or a chat: what breaks lines is a space, other control characters
 * and those that turn the direction of text are shown as the replacement character.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
    .trim();
}
