import { type ErrorCode, VigieError } from './errors.ts';

/** A mistake in a text that somebody wrote: whoever knows where the text stands tells a better place than the message does. */
export class TextError extends VigieError {
  /** Characters of the text before the mistake. */
  readonly offset: number;
  /** What is wrong and what would be right, without the place. */
  readonly told: string;

  /** @param task what cannot be done, such as "cannot parse query" */
  constructor(code: ErrorCode, task: string, text: string, offset: number, told: string) {
    super(code, `${task}: ${lineCol(text, offset)}: ${told}`);
    this.offset = offset;
    this.told = told;
  }
}

/** `line:col` of a character, both from 1. */
export function lineCol(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
