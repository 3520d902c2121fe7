import { LOG_LEVELS, type LogLine, levelGroup } from '../model/logs.ts';
import { paint } from './terminal.ts';

/** How a line is written. */
export type WriteLine = (line: LogLine, role?: 'match' | 'context') => string;

const LEVEL_WIDTH = 'warning'.length;

/** Time, level and text; strangers wrote the text, so nothing in it reaches the terminal but letters. */
export const writeForPeople: WriteLine = (line, role) => {
  const mark = role === undefined ? '' : role === 'match' ? '> ' : '  ';
  const time = new Date(line.time).toISOString();
  return `${mark}${time}  ${paintedLevel(line)}  ${safeText(line.text)}`;
};

/** One JSON object a line; what JSON leaves as it is and a terminal would obey is escaped too. */
export const writeAsJson: WriteLine = (line) =>
  JSON.stringify(line).replace(/[\x7f-\x9f\p{Cf}\u2028\u2029]/gu, asJsonEscape);

/** The line as it was written. */
export const writeRaw: WriteLine = ({ text }) => text;

/** Controls as `\x1b`, invisible and bidirectional characters as `\u{202e}`; a tab stays. */
function safeText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\t') return char;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

function asJsonEscape(char: string): string {
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
    '',
  );
}

function paintedLevel({ level }: LogLine): string {
  const padded = (level ?? '').padEnd(LEVEL_WIDTH);
  const group = level === undefined ? 'unknown' : levelGroup(LOG_LEVELS.indexOf(level));
  if (group === 'error') return paint('red', padded);
  return group === 'warning' ? paint('yellow', padded) : padded;
}
