import { shortHash } from '../../server/model/short-hash.ts';

interface IdParts {
  /** Puts the part that stands for the name into its place. */
  readonly around: (part: string) => string;
  /** Characters of that part, without the hash. */
  readonly length: number;
  /** Stands for a name of which nothing is left. */
  readonly nameless: string;
  /** Ids of others: two names never share one, whatever order they are found in. */
  readonly taken: ReadonlySet<string>;
}

/**
 * An id `[a-z0-9-]` made of a name that may hold anything a log can: the name itself where it is one already, otherwise what is left of
 * it with a hash of the whole.
 */
export function madeId(name: string, { around, length, nameless, taken }: IdParts): string {
  const slug = slugOf(name, length) || nameless;
  const plain = around(slug);
  if (slug === name && !taken.has(plain)) return plain;
  for (let turn = 0; ; turn++) {
    const id = around(`${slug}-${shortHash(name + '+'.repeat(turn))}`);
    if (!taken.has(id)) return id;
  }
}

function slugOf(name: string, length: number): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, length)
    .replace(/^-|-$/g, '');
}
