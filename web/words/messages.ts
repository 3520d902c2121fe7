import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../../server/model/words/words.ts';

export type MessageArgs = Readonly<Record<string, string | number>>;

/** Formats ICU messages of one language; each message is parsed once, at its first use. */
export function messageFormatter(language: Language): (message: string, args?: MessageArgs) => string {
  const parsed = new Map<string, IntlMessageFormat>();
  return (message, args) => {
    if (!message.includes('{')) return message;
    let format = parsed.get(message);
    if (format === undefined) {
      // Words hold text alone: a tag in them is text too.
      format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
      parsed.set(message, format);
    }
    return String(format.format(args === undefined ? undefined : { ...args }));
  };
}
