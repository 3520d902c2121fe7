import { VigieError } from '../../server/model/errors.ts';

/** Reads an objective such as "99.9%" as a ratio, 0 < ratio < 1. Throws VigieError `bad_config` saying what would be right. */
export function parseObjective(text: unknown): number {
  const match = typeof text === 'string' ? /^(-?\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) : null;
  if (match === null) throw refuse(`got ${JSON.stringify(text)}; want a percentage with its sign, such as "99.9%"`);
  const percent = Number(match[1]);
  if (percent === 100) {
    throw refuse(
      'an objective of 100 % leaves no budget: 100 % - 100 % = 0 % of the requests may fail, and a burn rate divides by that; want less, such as "99.99%"',
    );
  }
  if (percent > 100) throw refuse(`got ${percent} %; no more than all requests can be good; want less than 100 %`);
  if (percent <= 0)
    throw refuse(`got ${percent} %; an objective every failure meets promises nothing; want more than 0 %`);
  const ratio = ratioOf(percent);
  if (ratio >= 1) throw refuse('got more decimals than can be told from 100 %; want at most ten');
  return ratio;
}

/** Writes a ratio so that `parseObjective` reads it back: 0.9995 is "99.95%". */
export function formatObjective(ratio: number): string {
  return `${Number((ratio * 100).toFixed(10))}%`;
}

function ratioOf(percent: number): number {
  return Number((percent / 100).toFixed(12));
}

function refuse(cause: string): VigieError {
  return new VigieError('bad_config', `cannot read objective: ${cause}`);
}
