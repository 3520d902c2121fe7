import type { Matcher, Selector } from '../../server/model/engine.ts';
import { isLabelName, isMetricName, quoteLabelValue } from '../../server/model/labels.ts';

/** A selector as PromQL reads it: the name in front where it is plain, then the other matchers in their order. */
export function selectorText(selector: Selector): string {
  const name = selector.find((matcher) => isPlainName(matcher));
  const rest = selector.filter((matcher) => matcher !== name).map(matcherText);
  return `${name?.value ?? ''}${rest.length === 0 ? '' : `{${rest.join(',')}}`}`;
}

function isPlainName({ name, op, value }: Matcher): boolean {
  return name === '__name__' && op === '=' && isMetricName(value);
}

function matcherText({ name, op, value }: Matcher): string {
  return `${isLabelName(name) ? name : quoteLabelValue(name)}${op}${quoteLabelValue(value)}`;
}
