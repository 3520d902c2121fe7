import { VigieError } from '../model/errors.ts';
import type { Say } from '../model/words/words.ts';
import { emailReceiver } from './email.ts';
import type { Voice } from './message-text.ts';
import type { NotifyConfig, ReceiverConfig } from './notify-config.ts';
import type { Receiver } from './receiver.ts';
import { webhookReceiver } from './webhook.ts';

export interface ReceiverParts {
  /** Reads a file named in the configuration; throws `bad_config`. */
  readFile(path: string): string;
  speak(language: Voice['language']): Say;
}

/** The receivers of a configuration. Throws `bad_config` for a file that is missing or holds no secret. */
export function createReceivers(config: NotifyConfig, parts: ReceiverParts): readonly Receiver[] {
  return Object.entries(config.receivers).map(([name, receiver]) => {
    const language = receiver.language ?? config.language;
    const voice = { language, say: parts.speak(language), publicUrl: config.public_url?.href.replace(/\/+$/, '') };
    return receiver.type === 'webhook' ? webhook(name, receiver, voice, parts) : email(name, receiver, voice, parts);
  });
}

function webhook(
  name: string,
  { url, tiers, timeout, token_file }: Extract<ReceiverConfig, { type: 'webhook' }>,
  voice: Voice,
  { readFile }: ReceiverParts,
): Receiver {
  const token = token_file === undefined ? {} : { token: secretIn(readFile(token_file), token_file) };
  return webhookReceiver({ name, url, tiers, timeout, voice, ...token });
}

function email(
  name: string,
  { smtp, starttls, auth_file, ca_file, from, to, timeout, tiers }: Extract<ReceiverConfig, { type: 'email' }>,
  voice: Voice,
  { readFile }: ReceiverParts,
): Receiver {
  const auth = auth_file === undefined ? {} : { auth: credentialsIn(readFile(auth_file), auth_file) };
  const ca = ca_file === undefined ? {} : { ca: readFile(ca_file) };
  // A password must not travel in the clear because somebody between here and there hides the offer of TLS.
  const tls = starttls ?? (auth_file === undefined ? 'if_offered' : 'required');
  return emailReceiver({ name, smtp, starttls: tls, from, to, timeout, tiers, voice, ...auth, ...ca });
}

/** The first line that is no comment. The secret itself is never part of a message. */
function secretIn(text: string, file: string): string {
  const line = text
    .split('\n')
    .map((candidate) => candidate.trim())
    .find((candidate) => candidate !== '' && !candidate.startsWith('#'));
  if (line === undefined) throw new VigieError('bad_config', `${file}:1:1: there is no secret in it`);
  return line;
}

/** `<user> <password>`; the password may hold spaces. */
function credentialsIn(text: string, file: string): { readonly user: string; readonly pass: string } {
  const [, user, pass] = /^(\S+)\s+(.+)$/.exec(secretIn(text, file)) ?? [];
  if (user === undefined || pass === undefined)
    throw new VigieError('bad_config', `${file}:1:1: want "<user> <password>"`);
  return { user, pass };
}
