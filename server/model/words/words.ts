import type { AlertSentence } from '../alerts.ts';
import type { GateAnswer, Reason } from '../slo.ts';
import { withElisions } from './elision.ts';
import type { en } from './en.ts';
import { toldApart, WHOLE_RATE } from './told-apart.ts';

type WordKey = keyof typeof en;
/** One ICU message per key; a language lacking one does not compile. */
export type Words = Readonly<Record<WordKey, string>>;

export type Language = 'en' | 'fr';
export const LANGUAGES: readonly Language[] = ['en', 'fr'];

type WordArgs = Readonly<Record<string, string | number>>;

/** Formats one ICU message. Supplied where the npm packages are: `new IntlMessageFormat(message, language).format(args)`. */
export type FormatMessage = (message: string, language: Language, args: WordArgs) => string;

/** Says the message of a key in one language. */
export type Say = (key: WordKey, args?: WordArgs) => string;

/** Says `words`, which are those of `language`: a page loads no others. */
export function speakerOf(words: Words, language: Language, format: FormatMessage): Say {
  const given = (args: WordArgs): WordArgs => (language === 'fr' ? withElisions(args) : args);
  return (key, args = {}) => narrowPercent(format(words[key], language, given(args)));
}

/** ICU's French writes a full no-break space before the sign, where the pages' numbers and French typography have a narrow one. */
function narrowPercent(text: string): string {
  return text.replaceAll('\u00a0%', '\u202f%');
}

/** What sentences count that do not say it (`SloUnit`), and how much lacks to what is judged. */
const COUNTS = { what: 'requests', lacking: 0 } as const;

/** The sentence of a reason, in the language of `say`. */
export function reasonSentence(reason: Reason, say: Say): string {
  return sentenceOf(reason, say, 'yes');
}

/** `named`: "no" where the sentence before has already said which service it is. */
function sentenceOf({ code, args }: Reason, say: Say, named: 'yes' | 'no'): string {
  return say(`reason_${code}`, { ...COUNTS, ...roundArgs(args), named });
}

/** A sentence about an alert. */
export function alertSentence({ code, args }: AlertSentence, say: Say): string {
  return say(`alert_${code}`, { ...COUNTS, ...roundArgs(args) });
}

/** Arguments that count events; what an objective allows of them is a fraction. */
const EVENT_ARGS: ReadonlySet<string> = new Set(['bad', 'allowed', 'left', 'over']);

function roundArgs(args: WordArgs): WordArgs {
  const { rate, factor, left_ratio } = args;
  const rounded = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, EVENT_ARGS.has(name) ? wholeFrom(10, value) : value]),
  );
  // Nobody has a rest of less than nothing: sentences say by how much it is overspent.
  const over = typeof left_ratio === 'number' ? { over_ratio: Math.max(0, -left_ratio) } : {};
  if (typeof rate !== 'number') return { ...over, ...rounded };
  return {
    ...over,
    ...rounded,
    ...(typeof factor === 'number' ? toldApart(rate, factor) : { rate: wholeFrom(WHOLE_RATE, rate) }),
  };
}

/** From there up a fraction says nothing; below, it may be all there is. */
function wholeFrom(least: number, value: string | number): string | number {
  return typeof value === 'number' && Math.abs(value) >= least ? Math.round(value) : value;
}

/**
 * The one sentence that answers "may we ship?", made of the decision and its first reason, so that a page can say it in its own
 * language. A go whose first reason is anything but budget left is a go with care.
 */
export function gateSentence(answer: Pick<GateAnswer, 'decision' | 'reasons'>, say: Say): string {
  const [first] = answer.reasons;
  const services = [...new Set(answer.reasons.flatMap(({ service, slo }) => (slo === '' ? [] : [service ?? ''])))];
  const named = answer.decision === 'go' && services.length === 1 ? 'no' : 'yes';
  const reason = first === undefined ? say('reason_no_slo') : sentenceOf(first, say, named);
  if (answer.decision !== 'go') return say(`gate_${answer.decision}`, { reason });
  const key = first?.code === 'budget_left' ? 'gate_go' : 'gate_go_with_care';
  return say(key, { services: services.length, subject: services[0] ?? '', reason });
}
