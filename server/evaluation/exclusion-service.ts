import { appliesTo, currentSpan, exclusionState } from '../../rules/exclusions/exclusion.ts';
import { makeExclusion } from '../../rules/exclusions/exclusion-request.ts';
import type { Clock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import type {
  Exclusion,
  ExclusionPreview,
  ExclusionState,
  ExclusionsAnswer,
  ExclusionUndo,
  ListedExclusion,
  WindowFigures,
} from '../model/exclusions.ts';
import type { SloStatus } from '../model/slo.ts';
import type { Ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import type { Log } from '../runtime/log.ts';
import type { ExclusionBook, ExclusionRecord } from './exclusion-book.ts';
import type { SloService } from './slo-service.ts';

/** What people leave out of the figures of SLOs, and what that changes. */
export interface ExclusionService {
  list(): Promise<ExclusionsAnswer>;
  /** `body` is an ExclusionRequest. Rejects with `bad_request`, `not_found` (no such SLO), `conflict` (no room). */
  add(body: unknown): Promise<Exclusion>;
  /** The figures before and after, while nothing is made. Rejects as `add`. */
  preview(body: unknown): Promise<ExclusionPreview>;
  /** `body` is an UndoRequest. Rejects with `not_found`, `conflict`, `bad_request`. */
  undo(id: string, body: unknown): Promise<ExclusionUndo>;
}

export interface ExclusionServiceOptions {
  readonly book: ExclusionBook;
  readonly slos: Pick<SloService, 'current' | 'refresh' | 'statusesWith'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createExclusionService({ book, slos, clock, log }: ExclusionServiceOptions): ExclusionService {
  const statuses = async (): Promise<readonly SloStatus[]> => (await slos.current()).slos;
  return {
    list: async () => {
      const time = clock.now();
      const known = await statuses();
      return { time, exclusions: book.all.map((record) => listed(record, known, time)).sort(byState) };
    },
    add: async (body) => {
      checked(body, await statuses(), clock.now());
      const exclusion = await book.add(body, clock.now());
      const { id, author, reason } = exclusion;
      log.info('Events are excluded from SLOs.', { id, author, reason });
      await slos.refresh();
      return exclusion;
    },
    preview: async (body) => {
      const exclusion = checked(body, await statuses(), clock.now());
      const before = await slos.statusesWith(book.inForce);
      const after = await slos.statusesWith(book.inForceWith(exclusion));
      return { slos: comparison(exclusion, before, after) };
    },
    undo: async (id, body) => {
      const undone = await book.undo(id, body, clock.now());
      log.info('An exclusion is undone.', { id, author: undone.author });
      await slos.refresh();
      return undone;
    },
  };
}

/** An SLO misspelt would be excluded from nothing, silently. */
function checked(body: unknown, statuses: readonly SloStatus[], now: Ms): Exclusion {
  const exclusion = makeExclusion(body, { id: '', now }, compileMatcher);
  const unknown = exclusion.slos?.find((id) => !statuses.some((slo) => slo.id === id || slo.group?.of === id));
  if (unknown === undefined) return exclusion;
  const known = statuses.map(({ id }) => id).join(', ') || 'none yet';
  throw new VigieError('not_found', `cannot find SLO ${JSON.stringify(unknown)}; there is ${known}`);
}

function comparison(
  exclusion: Exclusion,
  before: readonly SloStatus[],
  after: readonly SloStatus[],
): ExclusionPreview['slos'] {
  return before.flatMap((slo) => {
    const then = after.find(({ id }) => id === slo.id);
    if (then === undefined || !appliesTo(exclusion, slo, compileMatcher)) return [];
    return [{ id: slo.id, before: figuresOf(slo), after: figuresOf(then) }];
  });
}

function figuresOf({ state, objective, counts, attained, budget }: SloStatus): WindowFigures {
  return { state, objective, counts, budget, ...(attained !== undefined && { attained }) };
}

export function listed({ exclusion, undone }: ExclusionRecord, slos: readonly SloStatus[], now: Ms): ListedExclusion {
  const state = exclusionState(exclusion, undone, now);
  const span = state === 'ahead' ? currentSpan(exclusion, now) : undefined;
  return {
    ...exclusion,
    state,
    ...(span !== undefined && { next: span.start }),
    ...(undone !== undefined && { undone }),
    applies_to: slos.filter((slo) => appliesTo(exclusion, slo, compileMatcher)).map(({ id }) => id),
  };
}

const STATE_ORDER: readonly ExclusionState[] = ['now', 'ahead', 'past', 'undone'];

function byState(a: ListedExclusion, b: ListedExclusion): number {
  return STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || b.starts - a.starts;
}
