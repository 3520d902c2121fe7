import { createHash } from 'node:crypto';
import { type Hypertext, markup } from './hypertext.ts';
import { type MessageText, messageText, oneLine, type Voice } from './message-text.ts';
import type { AlertMessage, OutgoingMessage } from './receiver.ts';
import { unpackReport } from './report-mail.ts';

/** A mail but for its recipients. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The mail of the same alert to which this one belongs: mail programs show them together. */
  readonly references: string;
}

/** The light tokens of the pages: mail programs that darken do it by themselves. */
const STYLE = {
  body: 'margin:0;padding:24px;background:#ffffff;color:#1b1f24;font:14px/1.5 system-ui,sans-serif;',
  mark: { page: '#a3154a', ticket: '#a84300', resolved: '#00704d' },
  subject: 'margin:0 0 16px;font-size:20px;font-weight:600;line-height:1.3;',
  sentence: 'margin:0 0 8px;max-width:75ch;',
  link: 'color:#0067a3;margin-right:16px;',
  why: 'margin:24px 0 0;padding-top:12px;border-top:1px solid #d0d7de;color:#57606a;font-size:12px;',
} as const;

export function mailText(message: OutgoingMessage, voice: Voice, host: string): MailText {
  const ids = {
    messageId: `<${digest(message.id)}@${host}>`,
    references: `<${digest(`${message.alert}/${message.receiver}`)}@${host}>`,
  };
  if (message.kind !== 'report') return { ...alertText(message, voice), ...ids };
  return { subject: oneLine(message.content.subject), ...unpackReport(message.content), ...ids };
}

function alertText(message: AlertMessage, voice: Voice): Omit<MailText, 'messageId' | 'references'> {
  const text = messageText(message, voice);
  const why = oneLine(voice.say('alert_why', { receiver: message.receiver }));
  return {
    subject: text.subject,
    text: plainText(text, voice, why),
    html: page(message, text, voice, why).html,
  };
}

function plainText({ sentences, links }: MessageText, { say }: Voice, why: string): string {
  const addresses = [
    ...(links.alert === undefined ? [] : [say('alert_open'), links.alert]),
    ...(links.slo === undefined ? [] : [say('alert_open_slo'), links.slo]),
  ];
  return `${[...sentences, ...(addresses.length > 0 ? ['', ...addresses] : []), '', '-- ', why].join('\n')}\n`;
}

/** No script, no image, nothing from elsewhere. */
function page({ kind, tier }: AlertMessage, text: MessageText, { language, say }: Voice, why: string): Hypertext {
  const mark = STYLE.mark[kind === 'resolved' ? 'resolved' : tier];
  const link = (label: string, href: string | undefined): Hypertext[] =>
    href === undefined ? [] : [markup`<a style="${STYLE.link}" href="${href}">${label}</a> `];
  const links = [...link(say('alert_open'), text.links.alert), ...link(say('alert_open_slo'), text.links.slo)];
  return markup`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text.subject}</title></head>
<body style="${STYLE.body}">
<h1 style="${STYLE.subject}border-left:4px solid ${mark};padding-left:12px;">${text.subject}</h1>
${text.sentences.map((sentence) => markup`<p style="${STYLE.sentence}">${sentence}</p>\n`)}
${links.length === 0 ? '' : markup`<p style="${STYLE.sentence}">${links}</p>`}
<p style="${STYLE.why}">${why}</p>
</body>
</html>
`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
