import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../../server/model/words/words.ts';
import { visibleText } from '../logs/visible-text.ts';

export type MessageArgs = Readonly<Record<string, string | number>>;

/** An ICU message, as it was written or, in a built page, as its syntax tree. */
type Message = string | ReturnType<IntlMessageFormat['getAst']>;

/** Formats ICU messages of one language; each message is parsed once, at its first use. */
export function messageFormatter(language: Language): (message: Message, args?: MessageArgs) => string {
  const parsed = new Map<Message, IntlMessageFormat>();
  return (message, args) => {
    if (typeof message === 'string' && !message.includes('{')) return message;
    let format = parsed.get(message);
    if (format === undefined) {
      // Words hold text alone: a tag in them is text too.
      format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
      parsed.set(message, format);
    }
    return String(format.format(args && shownArgs(args)));
  };
}

/** Names and notes come from strangers: a sentence shows every character of them, and none moves others. */
function shownArgs(args: MessageArgs): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, typeof value === 'string' ? visibleText(value) : value]),
  );
}
