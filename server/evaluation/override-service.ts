import { overrideState } from '../../rules/gate/gate-override.ts';
import type { Clock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import type { GateOverride, OverridesAnswer } from '../model/gate.ts';
import type { Log } from '../runtime/log.ts';
import type { OverrideBook } from './override-book.ts';
import type { SloService } from './slo-service.ts';

/** Letting a service through its gate, with name and reason. */
export interface OverrideService {
  list(): OverridesAnswer;
  /** `body` is an OverrideRequest. Rejects with `bad_request`, and `not_found` for a service without an SLO. */
  add(body: unknown): Promise<GateOverride>;
  /** Rejects with `not_found`, `conflict`, `bad_request`. */
  end(id: string, by: unknown): Promise<GateOverride>;
}

export interface OverrideServiceOptions {
  readonly book: OverrideBook;
  readonly slos: Pick<SloService, 'current' | 'refresh'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createOverrideService({ book, slos, clock, log }: OverrideServiceOptions): OverrideService {
  return {
    list: () => {
      const time = clock.now();
      return { time, overrides: book.all.map((one) => ({ ...one, state: overrideState(one, time) })) };
    },
    add: async (body) => {
      const services = (await slos.current()).slos.map(({ service }) => service);
      refuseUnknown(body, services);
      const override = await book.add(body, clock.now());
      log.warn('The gate is overridden.', auditOf(override));
      await slos.refresh();
      return override;
    },
    end: async (id, by) => {
      const override = await book.end(id, by, clock.now());
      log.info('An override of the gate is ended.', { ...auditOf(override), ended_by: override.ended?.by });
      await slos.refresh();
      return override;
    },
  };
}

function auditOf({ id, service, reason, by, ends }: GateOverride) {
  return { id, service, reason, by, ends };
}

/** A service misspelt would be let through nothing, silently. What is no name at all is refused by the book. */
function refuseUnknown(body: unknown, services: readonly string[]): void {
  const service: unknown = typeof body === 'object' && body !== null && 'service' in body ? body.service : undefined;
  if (typeof service !== 'string' || services.includes(service.trim())) return;
  const known = [...new Set(services)].join(', ') || 'none yet';
  throw new VigieError(
    'not_found',
    `cannot override the gate of service ${JSON.stringify(service)}: no SLO is of it; there is ${known}`,
  );
}
