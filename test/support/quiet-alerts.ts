import { createAlertService } from '../../server/evaluation/alert-service.ts';
import { NO_OUTBOX } from '../../server/evaluation/outbox.ts';
import { SilenceBook } from '../../server/evaluation/silence-book.ts';
import type { SloService } from '../../server/evaluation/slo-service.ts';
import { systemClock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';

/** The doors of alerts, for an app whose alerts nobody is told of. */
export async function quietAlerts(engine: Engine, slos: SloService) {
  let ids = 0;
  const silences = await SilenceBook.open(engine, () => `silence-${++ids}`);
  return createAlertService({ engine, slos, silences, outbox: NO_OUTBOX, clock: systemClock });
}
