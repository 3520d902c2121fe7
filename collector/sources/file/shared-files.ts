import type { Log } from '../../../server/runtime/log.ts';
import type { ComponentContext } from '../../component.ts';
import { idKey } from './identity.ts';
import type { TailedFile } from './tailed-file.ts';

/** The files of a source that another source follows, too. Each is told once; the note stands for as long as it is so. */
export class SharedFiles {
  readonly #context: ComponentContext;
  readonly #log: Log;
  readonly #told = new Set<string>();
  #note: string | undefined;

  constructor(context: ComponentContext, log: Log) {
    this.#context = context;
    this.#log = log;
  }

  get note(): string | undefined {
    return this.#note;
  }

  look(files: readonly TailedFile[]): void {
    const { followers, id: source, telemetry } = this.#context;
    const live = files.filter(({ position }) => position.state !== 'finished');
    const shared = followers?.follow(source, new Map(live.map((file) => [idKey(file.position), file.path]))) ?? [];
    const [first] = shared;
    this.#note = first && `${first.path} is followed by ${first.by}, too: its lines count in both.`;
    for (const { path, by } of shared.filter((file) => !this.#told.has(file.path))) {
      this.#told.add(path);
      telemetry.error('file_followed_twice', 'receiving');
      this.#log.warn('Two sources follow one file: its lines count in both.', { path, source, by });
    }
  }
}
