import { type Matcher, RE2JS } from 're2js';
import { messageOf, VigieError } from '../model/errors.ts';
import { distinct, metricFrom, metricOf, type Vector } from './value.ts';

/**
 * `label_replace`: where the whole value of `source` matches, `target` becomes the replacement with `$1`, `${1}`, `${name}` filled
 * in; an empty one removes the label. Throws VigieError `execution`.
 */
export function replaceLabel(
  vector: Vector,
  target: string,
  replacement: string,
  source: string,
  pattern: string,
): Vector {
  const compiled = compile(pattern);
  checkTarget('label_replace', target);
  const results = vector.map((sample) => {
    const metric = metricOf(sample);
    const matcher = compiled.matcher(metric[source] ?? '');
    if (!matcher.matches()) return sample;
    const text = withGroups(replacement, compiled, matcher);
    return { ...metricFrom({ ...metric, [target]: text }), value: sample.value };
  });
  return distinct(results);
}

/** `label_join`: the values of the sources with a separator between them. Throws VigieError `execution`. */
export function joinLabels(vector: Vector, target: string, separator: string, sources: readonly string[]): Vector {
  checkTarget('label_join', target);
  const results = vector.map((sample) => {
    const metric = metricOf(sample);
    const text = sources.map((source) => metric[source] ?? '').join(separator);
    return { ...metricFrom({ ...metric, [target]: text }), value: sample.value };
  });
  return distinct(results);
}

/** A replacement with `$1`, `${1}` and `${name}` filled in from what matched. */
export function withGroups(replacement: string, pattern: RE2JS, matcher: Matcher): string {
  const names = pattern.namedGroups();
  return replacement.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, plain?: string, braced?: string) => {
    const group = plain ?? braced;
    if (group === undefined) return whole === '$$' ? '$' : whole;
    const number = /^\d+$/.test(group) ? Number(group) : names[group];
    return number === undefined || number > matcher.groupCount() ? '' : (matcher.group(number) ?? '');
  });
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    const cause = `invalid regular expression in label_replace(): ${pattern}: ${messageOf(error)}`;
    throw new VigieError('execution', `cannot answer query: ${cause}`);
  }
}

function checkTarget(name: string, label: string): void {
  if (label !== '') return;
  throw new VigieError('execution', `cannot answer query: invalid destination label name in ${name}(): ${label}`);
}
