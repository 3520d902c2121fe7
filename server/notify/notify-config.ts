import { z } from 'zod';
import { ALERT_TIERS } from '../model/alerts.ts';
import { messageOf } from '../model/errors.ts';
import { type Ms, ms, parseDuration, SECOND } from '../model/units.ts';
import { LANGUAGES } from '../model/words/words.ts';

/** `notify:` of the configuration: who is told of alerts, how, and in which language. */
const tiers = z
  .array(z.enum(ALERT_TIERS))
  .min(1, 'want at least one tier')
  .default([...ALERT_TIERS]);

const language = z.enum(LANGUAGES);

const timeout = z
  .string()
  .default('10s')
  .transform((text, context): Ms => {
    try {
      const duration = parseDuration(text);
      if (duration >= SECOND && duration <= 300 * SECOND) return duration;
      context.addIssue({ code: 'custom', message: `got ${text}; want 1s to 5m` });
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
    return ms(0);
  });

/** Secrets live in files of their own: a configuration is read by many and kept in version control. */
function address(protocols: readonly string[], example: string) {
  return z.string().transform((text, context): URL => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !protocols.includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: `got ${JSON.stringify(text)}; want ${example}` });
    } else if (url.username !== '' || url.password !== '') {
      context.addIssue({
        code: 'custom',
        message: 'got a user or password in the address; want them in a file of their own',
      });
    }
    return url ?? new URL('http://localhost');
  });
}

/** A bare mail address. */
export const mailbox = z
  .string()
  .max(254)
  .regex(/^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()\\\p{Cc}]+$/u, 'want a bare mail address such as "sre@example.org"');

const webhookSchema = z.strictObject({
  type: z.literal('webhook'),
  url: address(['http:', 'https:'], 'an address such as "https://pager.example.org/hook"'),
  token_file: z.string().min(1).optional(),
  timeout,
  tiers,
  language: language.optional(),
});

const emailSchema = z.strictObject({
  type: z.literal('email'),
  smtp: address(['smtp:', 'smtps:'], 'an address such as "smtp://mail.example.org:587"'),
  starttls: z.enum(['required', 'if_offered', 'off']).optional(),
  auth_file: z.string().min(1).optional(),
  ca_file: z.string().min(1).optional(),
  from: mailbox,
  to: z.array(mailbox).min(1, 'want at least one recipient').max(50, 'want at most 50 recipients'),
  timeout,
  tiers,
  language: language.optional(),
});

const NAME = 'a receiver is named by letters, digits, - and _, at most 64 of them';

const receivers = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
  z.discriminatedUnion('type', [webhookSchema, emailSchema]),
  { error: (issue) => (issue.code === 'invalid_key' ? NAME : undefined) },
);

export const notifySchema = z.strictObject({
  /** What links in messages begin with. */
  public_url: address(['http:', 'https:'], 'an address such as "https://vigie.example.org"').optional(),
  language: language.default('en'),
  receivers: receivers.default({}),
});

export type NotifyConfig = z.output<typeof notifySchema>;
export type ReceiverConfig = NotifyConfig['receivers'][string];
