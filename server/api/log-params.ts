import type { Request } from 'express';
import type { Matcher } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { type LineFilter, type LineRange, LOG_LEVELS, type LogCursor, type LogLevel } from '../model/logs.ts';
import { HOUR, type Ms, ms } from '../model/units.ts';
import { parseSelector } from '../promql/parse.ts';
import { invalid, param, timeParam } from './params.ts';

/** The conditions of a question: `selector`, `text`, `regex`, `level`. Throws `bad_request` or `bad_query`. */
export function filterParams(request: Request): LineFilter {
  const text = param(request, 'text');
  const regex = param(request, 'regex');
  const level = levelParam(request);
  return {
    selector: readLogSelector(param(request, 'selector') ?? '{}'),
    ...(text !== undefined && { text }),
    ...(regex !== undefined && { regex }),
    ...(level !== undefined && { level }),
  };
}

/** The conditions with their window, `start` and `end`: the last hour when they are left out. */
export function rangeParams(request: Request, now: Ms): LineRange {
  const end = timeParam(request, 'end') ?? now;
  const start = timeParam(request, 'start') ?? ms(end - HOUR);
  if (end <= start) throw invalid('end', 'got one no later than start; want it after start');
  return { ...filterParams(request), start, end };
}

/**
 * Reads `{app="shop",host=~"web-.*"}`. Unlike a selector of series it may be empty, and all its matchers may be negative: every
 * line has a stream, and a search is bounded by time.
 */
export function readLogSelector(text: string): readonly Matcher[] {
  if (/^\s*\{\s*\}\s*$/.test(text)) return [];
  if (!/^\s*\{/.test(text)) {
    throw new VigieError('bad_query', `cannot read selector ${JSON.stringify(text)}: want {label="value"}, in braces`);
  }
  // PromQL wants a matcher that is not empty; a last one of our own makes it content and moves no column of its messages.
  const matchers = parseSelector(text.replace(/,?\s*\}\s*$/, ',_="_"}'));
  return matchers.slice(0, -1);
}

function levelParam(request: Request): LogLevel | undefined {
  const text = param(request, 'level');
  const level = LOG_LEVELS.find((candidate) => candidate === text);
  if (text !== undefined && level === undefined) {
    throw invalid('level', `got ${JSON.stringify(text)}; want one of ${LOG_LEVELS.join(', ')}`);
  }
  return level;
}

/** `after=<time>,<seq>`, both as in `next` of the page before. */
export function cursorParam(request: Request): LogCursor | undefined {
  const text = param(request, 'after');
  if (text === undefined) return undefined;
  const match = /^(-?\d{1,16}),(\d{1,16})$/.exec(text);
  if (match === null) {
    throw invalid('after', `got ${JSON.stringify(text)}; want <time>,<seq> as in "next" of the page before`);
  }
  return { time: ms(Number(match[1])), seq: Number(match[2]) };
}

export function orderParam(request: Request, otherwise: 'newest' | 'oldest'): 'newest' | 'oldest' {
  const text = param(request, 'order') ?? otherwise;
  if (text === 'newest' || text === 'oldest') return text;
  throw invalid('order', `got ${JSON.stringify(text)}; want newest or oldest`);
}

export function integerParam(request: Request, name: string, otherwise: number, least: number, most: number): number {
  const text = param(request, name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, `got ${JSON.stringify(text)}; want a whole number from ${least} to ${most}`);
}
