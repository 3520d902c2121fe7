import type { Alert, AlertSentence } from '../model/alerts.ts';
import { quoteLabelValue } from '../model/labels.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import { titleText } from '../model/words/slo-title.ts';
import type { Language } from '../model/words/words.ts';
import { alertSentence, type Say } from '../model/words/words.ts';
import type { AlertMessage } from './receiver.ts';

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

export function messageText(message: AlertMessage, voice: Voice): MessageText {
  const { content } = message;
  return 'rule' in content
    ? ruleMessageText({ ...message, content }, voice)
    : sloMessageText({ ...message, content }, voice);
}

type SloMessage = AlertMessage & { readonly content: Alert };
type RuleMessage = AlertMessage & { readonly content: RuleAlertStatus };

function sloMessageText(message: SloMessage, { say, publicUrl }: Voice): MessageText {
  const { content } = message;
  return {
    subject: oneLine(subjectOf(message, say)),
    sentences: sentencesOf(message.kind, content).map((sentence) => oneLine(alertSentence(sentence, say))),
    links: publicUrl === undefined ? {} : linksTo(content, publicUrl),
  };
}

function subjectOf({ kind, tier, content }: SloMessage, say: Say): string {
  const { service, figures, cause = 'burn' } = content;
  const title = titleText(content, say);
  if (kind === 'firing') {
    return say('alert_subject_firing', { tier, title, service, cause, rate: figures.long.rate ?? 0 });
  }
  return say('alert_subject_resolved', { reason: endOf(content), title, service });
}

/** What the rule's author wrote, when it began or ended, and its labels. */
function ruleMessageText({ kind, tier, content, created }: RuleMessage, { say, publicUrl }: Voice): MessageText {
  const { rule, annotations, labels, since: start, value, resolved: end = created } = content;
  const subject = say('alert_rule_subject', { kind, tier, rule });
  const { summary, description } = annotations;
  const when = say(`alert_rule_${kind}`, { rule, start, end, value });
  const pairs = Object.entries(labels).map(([name, text]) => `${name}=${quoteLabelValue(text)}`);
  const sentences = [description ?? summary, when, say('alert_rule_labels', { labels: pairs.join(', ') })];
  return {
    subject: oneLine(summary === undefined ? subject : `${subject} – ${summary}`),
    sentences: sentences.flatMap((text) => (text === undefined ? [] : [oneLine(text)])),
    links: publicUrl === undefined ? {} : { alert: `${publicUrl}/alerts` },
  };
}

/** Why it is over for the receiver. */
function endOf({ state, resolved_by, cause }: Alert): string {
  if (state !== 'resolved') return 'eased';
  return resolved_by === 'recovered' && cause === 'no_data' ? 'heard' : (resolved_by ?? 'recovered');
}

/** For a receiver of pages it is over while the alert still burns as a ticket. */
function sentencesOf(kind: AlertMessage['kind'], alert: Alert): readonly AlertSentence[] {
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
