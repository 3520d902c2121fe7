import type { Matcher } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import { quoteLabelValue } from '../model/labels.ts';

/** Reads a matcher such as `slo=shop`. Throws `bad_request`. */
export function matcherOf(text: string): Matcher {
  const [, name, op, value] = /^([A-Za-z_][A-Za-z0-9_]*)(=~|!~|!=|=)(.*)$/s.exec(text) ?? [];
  if (name === undefined || op === undefined || value === undefined) {
    throw new VigieError(
      'bad_request',
      `cannot read matcher ${JSON.stringify(text)}; want one such as slo=shop or service=~shop.*`,
    );
  }
  return { name, op: op as Matcher['op'], value: value.replace(/^"(.*)"$/s, '$1') };
}

/** Writes a matcher as people read it. */
export function matcherText({ name, op, value }: Matcher): string {
  return `${name}${op}${quoteLabelValue(value)}`;
}
