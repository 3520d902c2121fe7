import type { Matcher } from '../server/model/engine.ts';
import { quoteLabelValue } from '../server/model/labels.ts';
import { shortHash } from '../server/model/short-hash.ts';
import { DAY, ms } from '../server/model/units.ts';
import { defaultTitle, type SeriesQuery } from './indicator.ts';
import { defaultMinimumEvents, type SloDefinition } from './slo-definition.ts';
import { rolling } from './slo-window.ts';

const OBJECTIVE = 0.999;

/** With a hash and what is promised an id keeps within the hundred characters that a file may give it. */
const MAX_SLUG = 70;

/**
 * The availability SLO proposed for a service found in an access log: 99.9 % over 30 d, a 5xx answer is bad. `service` may hold
 * anything a log can; it is quoted in the selector and reduced to `[a-z0-9-]` in the id, with a hash of it where that loses something
 * or the id is `taken`.
 */
export function proposedSlo(service: string, taken: ReadonlySet<string> = new Set()): SloDefinition {
  const matchers: readonly Matcher[] = [
    { name: '__name__', op: '=', value: 'http_requests_total' },
    { name: 'service', op: '=', value: service },
  ];
  const indicator = {
    kind: 'availability',
    total: queryOf(matchers),
    counts: 'bad',
    part: queryOf([...matchers, { name: 'status', op: '=~', value: '5..' }]),
  } as const;
  return {
    id: idOf(service, taken),
    title: defaultTitle(indicator, service, ''),
    service,
    owner: 'unowned',
    labels: {},
    objective: OBJECTIVE,
    window: rolling(ms(30 * DAY)),
    minimum_events: defaultMinimumEvents(OBJECTIVE),
    indicator,
    proposed: true,
  };
}

function queryOf(selector: readonly Matcher[]): SeriesQuery {
  const [name, ...labels] = selector;
  const tests = labels.map((matcher) => `${matcher.name}${matcher.op}${quoteLabelValue(matcher.value)}`);
  return { text: `${name?.value ?? ''}{${tests.join(',')}}`, selector };
}

/** Proposals of two services never share an id, whatever order they are found in: an alert belongs to one of them. */
function idOf(service: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(service);
  const plain = `${slug}-availability`;
  if (slug === service && !taken.has(plain)) return plain;
  for (let turn = 0; ; turn++) {
    const id = `${slug}-${shortHash(service + '+'.repeat(turn))}-availability`;
    if (!taken.has(id)) return id;
  }
}

function slugOf(service: string): string {
  const slug = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'service' : slug;
}
