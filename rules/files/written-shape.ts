/**
 * Patterns of written values, for the JSON Schema: what a pattern refuses the reader refuses, too. Readers of percentages and names leave
 * blanks around them aside; readers of durations do not.
 */

/** `5m`, `1h30m`: `parseDuration`. */
export const DURATION = String.raw`^(?:0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$`;

const NOT_ZERO = String.raw`(?!0+(?:\.0+)?\s*%)`;
const BELOW_100 = String.raw`0*\d{1,2}(?:\.\d+)?`;
const UP_TO_100 = String.raw`0*(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?)`;

/** Above 0 % and below 100 %. */
export const PART = String.raw`^\s*${NOT_ZERO}${BELOW_100}\s*%\s*$`;

/** Above 0 % and at most 100 %. */
export const PART_OR_ALL = String.raw`^\s*${NOT_ZERO}${UP_TO_100}\s*%\s*$`;

/** From 0 % to 100 %, or a word. */
export const shareOr = (...words: readonly string[]): string =>
  `^(?:${[...words, String.raw`\s*${UP_TO_100}\s*%\s*`].join('|')})$`;

/** A text that says something. */
export const FILLED = String.raw`\S`;

export const ID = String.raw`^\s*[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?\s*$`;

/** `isLabelName`. */
export const LABEL_NAME = '^[a-zA-Z_][a-zA-Z0-9_]*$';

/** `< 0.5`: `readComparison`. */
export const COMPARISON = String.raw`^\s*(?:<=|>=|==|!=|<|>)\s*-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\s*$`;

/** Of a label of series: not their name. */
export const SERIES_LABEL = '^(?!__name__$)[a-zA-Z_][a-zA-Z0-9_]*$';

/** `2026-01-05`. */
export const DAY = String.raw`^\d{4}-\d\d-\d\d$`;
