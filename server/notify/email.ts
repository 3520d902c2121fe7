import { createTransport, type NodemailerError, type Transporter } from 'nodemailer';
import { messageOf } from '../model/errors.ts';
import type { Ms } from '../model/units.ts';
import { mailText } from './email-message.ts';
import { oneLine, type Voice } from './message-text.ts';
import type { Outcome, OutgoingMessage, Receiver } from './receiver.ts';

export interface EmailOptions extends Pick<Receiver, 'name' | 'tiers'> {
  /** smtp: or smtps:, without user and password. */
  readonly smtp: URL;
  /** `if_offered` still demands a certificate that can be trusted once TLS is offered. */
  readonly starttls: 'required' | 'if_offered' | 'off';
  readonly auth?: { readonly user: string; readonly pass: string };
  /** A certificate authority to trust beside those of Node, PEM. */
  readonly ca?: string;
  readonly from: string;
  /** Each gets a copy of its own, so that one that is refused holds up no other. */
  readonly to: readonly string[];
  /** For each wait: connecting, the greeting, any silence. */
  readonly timeout: Ms;
  readonly voice: Voice;
}

/** Sends a mail through a mail server, which takes over from there. */
export function emailReceiver(options: EmailOptions): Receiver {
  const { name, tiers, from, to } = options;
  const transport = transportOf(options);
  const host = from.split('@').at(-1) ?? 'localhost';
  return {
    name,
    tiers,
    integration: 'email',
    deliver: async (message, signal) => {
      const recipients = message.remaining ?? to;
      const mail = mailText(message, options.voice, host);
      return unlessStopped(signal, () => send(transport, { message, recipients, from, mail }));
    },
  };
}

function transportOf({ smtp, starttls, auth, ca, timeout }: EmailOptions): Transporter {
  const secure = smtp.protocol === 'smtps:';
  return createTransport({
    host: smtp.hostname.replace(/^\[|\]$/g, ''),
    port: Number(smtp.port) || (secure ? 465 : 25),
    secure,
    requireTLS: starttls === 'required',
    ignoreTLS: starttls === 'off',
    ...(auth !== undefined && { auth }),
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

interface Mailing {
  readonly message: OutgoingMessage;
  readonly recipients: readonly string[];
  readonly from: string;
  readonly mail: ReturnType<typeof mailText>;
}

/** One after the other: what the server says of one recipient says nothing of the next. When it cannot be reached they all wait. */
async function send(transport: Transporter, { message, recipients, from, mail }: Mailing): Promise<Outcome> {
  const later: string[] = [];
  const refused: string[] = [];
  const errors: string[] = [];
  for (const [i, to] of recipients.entries()) {
    const error = await sendOne(transport, { message, from, mail, to });
    if (error === undefined) continue;
    errors.push(describe(error, to));
    if (!isAboutMail(error)) {
      later.push(...recipients.slice(i));
      break;
    }
    (error.permanent === true ? refused : later).push(to);
  }
  const error = errors.join('; ').slice(0, MAX_ERROR);
  if (later.length > 0) return { result: 'retry', error, remaining: later };
  if (refused.length === recipients.length) return { result: 'failed', error };
  return { result: 'delivered', ...(error !== '' && { note: error }) };
}

const MAX_ERROR = 500;

async function sendOne(
  transport: Transporter,
  { message, from, mail, to }: Omit<Mailing, 'recipients'> & { readonly to: string },
): Promise<NodemailerError | undefined> {
  const { messageId, references, subject, text, html } = mail;
  try {
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      html,
      messageId,
      references,
      date: new Date(message.created),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

/** A 5xx about the mail or its recipient is final. One about TLS or our login is a mistake that somebody mends. */
function isAboutMail({ code }: NodemailerError): boolean {
  return code === 'EENVELOPE' || code === 'EMESSAGE';
}

/** The server's own words are foreign text. */
function describe(error: NodemailerError, to: string): string {
  return oneLine(`${to}: ${error.message}`);
}

const STOPPED: Outcome = { result: 'retry', error: 'the process stops' };

/** The outcome of an attempt, or that the process stops before there is one. Begins nothing once it stops. */
async function unlessStopped(signal: AbortSignal, attempt: () => Promise<Outcome>): Promise<Outcome> {
  if (signal.aborted) return STOPPED;
  const over = new AbortController();
  const stopped = new Promise<Outcome>((resolve) => {
    signal.addEventListener('abort', () => resolve(STOPPED), { signal: over.signal });
  });
  try {
    return await Promise.race([attempt(), stopped]);
  } finally {
    over.abort();
  }
}
