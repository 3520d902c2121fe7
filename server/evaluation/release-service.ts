import type { Clock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import type { Release, ReleaseComparison, ReleasesAnswer } from '../model/releases.ts';
import type { Log } from '../runtime/log.ts';
import type { ReleaseBook } from './release-book.ts';
import type { SloService } from './slo-service.ts';

/** Which versions went out when, and what they changed. */
export interface ReleaseService {
  /** Of one service, or of all. */
  list(service?: string): ReleasesAnswer;
  /** `body` is a ReleaseRequest. Rejects with `bad_request`. */
  mark(body: unknown): Promise<Release>;
  /** By id, or the newest of a version's name. Rejects with `not_found`. */
  compare(idOrVersion: string): Promise<ReleaseComparison>;
}

export interface ReleaseServiceOptions {
  readonly book: ReleaseBook;
  readonly slos: Pick<SloService, 'compareRelease' | 'refresh'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createReleaseService({ book, slos, clock, log }: ReleaseServiceOptions): ReleaseService {
  return {
    list: (service) => ({ releases: book.of(service) }),
    mark: async (body) => {
      const release = await book.mark(body, clock.now());
      log.info('A release is marked.', { ...release });
      await slos.refresh();
      return release;
    },
    compare: async (idOrVersion) => {
      const release = releaseCalled(idOrVersion, book.of());
      return { release, slos: await slos.compareRelease(release) };
    },
  };
}

/** A version that one service has released names its newest release; one that several have names none of them. */
function releaseCalled(idOrVersion: string, releases: readonly Release[]): Release {
  const byId = releases.find(({ id }) => id === idOrVersion);
  const [release, ...others] = releases.filter(({ version }) => version === idOrVersion);
  if (byId !== undefined) return byId;
  if (release === undefined) {
    throw new VigieError('not_found', `cannot find release ${JSON.stringify(idOrVersion)}; want its id or version`);
  }
  const other = others.find(({ service }) => service !== release.service);
  if (other === undefined) return release;
  const ids = `${release.id} of ${release.service} or ${other.id} of ${other.service}`;
  throw new VigieError(
    'conflict',
    `cannot tell which release ${JSON.stringify(idOrVersion)} is meant; want its id: ${ids}`,
  );
}
