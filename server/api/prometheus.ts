import type { Router } from 'express';
import { NO_RULES, type RuleService } from '../evaluation/rule-service.ts';
import type { SloService } from '../evaluation/slo-service.ts';
import type { Clock } from '../model/clock.ts';
import type { Engine } from '../model/engine.ts';
import { metadataEndpoints } from './metric-metadata.ts';
import { prometheusDoor } from './prometheus-door.ts';
import { queryEndpoints } from './query.ts';
import { ruleEndpoints } from './rules.ts';
import { seriesEndpoints } from './series.ts';

export interface PrometheusDeps {
  readonly engine: Engine;
  readonly slos: Pick<SloService, 'current'>;
  readonly rules?: Pick<RuleService, 'groups'>;
  readonly clock: Clock;
}

/** The read part of Prometheus' HTTP API. */
export function prometheusRoutes({ engine, slos, rules = NO_RULES, clock }: PrometheusDeps): Router {
  const door = prometheusDoor();
  queryEndpoints(door, engine, clock);
  seriesEndpoints(door, engine);
  metadataEndpoints(door, engine);
  ruleEndpoints(door, slos, rules);
  return door.router;
}
