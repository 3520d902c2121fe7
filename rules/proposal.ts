import type { Matcher } from '../server/model/engine.ts';
import { quoteLabelValue } from '../server/model/labels.ts';
import { UNOWNED } from '../server/model/slo.ts';
import { DAY, ms } from '../server/model/units.ts';
import { madeId } from './files/made-id.ts';
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
    id: madeId(service, { around: (part) => `${part}-availability`, length: MAX_SLUG, nameless: 'service', taken }),
    title: defaultTitle(indicator, service, ''),
    service,
    owner: UNOWNED,
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
