/** A file that another source followed first. */
export interface FollowedTwice {
  readonly path: string;
  readonly by: string;
}

/**
 * Who follows which file, over all file sources of a collector. Two pipelines may want one file, so nobody is refused; but its lines
 * count in both, and whoever comes second says so.
 */
export class Followers {
  readonly #files = new Map<string, ReadonlyMap<string, string>>();

  /** `source` follows these files now, paths by identity. Returns those that a source before it follows. */
  follow(source: string, files: ReadonlyMap<string, string>): readonly FollowedTwice[] {
    this.#files.set(source, files);
    const before = [...this.#files.keys()].slice(0, [...this.#files.keys()].indexOf(source));
    return [...files].flatMap(([id, path]) => {
      const by = before.find((other) => this.#files.get(other)?.has(id) === true);
      return by === undefined ? [] : [{ path, by }];
    });
  }
}
