import type { Matcher } from '../server/model/engine.ts';
import { quoteLabelValue } from '../server/model/labels.ts';
import { DAY, ms } from '../server/model/units.ts';
import { defaultMinimumEvents, defaultTitle, type SeriesQuery, type SloDefinition } from './slo-definition.ts';

const OBJECTIVE = 0.999;

/**
 * The availability SLO proposed for a service found in an access log: 99.9 % over 30 d, a 5xx answer is bad. `service` may hold
 * anything a log can; it is quoted in the selector and reduced to `[a-z0-9-]` in the id.
 */
export function proposedSlo(service: string): SloDefinition {
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
    id: `${idOf(service)}-availability`,
    title: defaultTitle(indicator, service, ''),
    service,
    owner: 'unowned',
    labels: {},
    objective: OBJECTIVE,
    window: ms(30 * DAY),
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

function idOf(service: string): string {
  const slug = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'service' : slug;
}
