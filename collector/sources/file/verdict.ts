import type { Found } from './census.ts';
import { beginsAlike, likenessOf, openedAs, type Sample, sampleOf } from './likeness.ts';
import type { FilePosition } from './position.ts';
import { HEAD_BYTES } from './read-ends.ts';
import { isRotation, isSystemError } from './system-error.ts';
import type { TailedFile } from './tailed-file.ts';

/** What a newcomer is compared with: a file that is followed, or what was read of one that is gone. */
export interface Known {
  readonly key: string;
  readonly position: FilePosition;
  readonly file?: TailedFile;
  /** What the file begins with now. Throws system errors. */
  readonly head?: () => Buffer;
}

export type Verdict =
  /** Holds what was read of a file that is gone: it is read on from there. */
  | { readonly kind: 'heir'; readonly of: Known }
  /** Holds nothing that is not, or will not be, read elsewhere, as long as its original is what it is. */
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'new' }
  /** Nothing in it yet. */
  | { readonly kind: 'empty' }
  /** It moved on while it was looked at; the next scan looks again. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unreadable' };

/** Still under the name it is written by, so no product of a rotation. */
export function isLive(found: Found): boolean {
  return found.path === found.base;
}

/**
 * What a file never seen before is, by its content; the file that agrees furthest decides. A verdict holds whatever happens
 * meanwhile: `heir` and `copy` rest on what was read, which nothing changes, and `new` is not said while an original may have been
 * truncated that nobody noticed yet.
 */
export function judge(found: Found, known: readonly Known[]): Verdict {
  const rivals = known.filter((other) => isComparable(found, other));
  if (isLive(found) && rivals.length === 0) return { kind: 'new' };
  try {
    rivals.sort((a, b) => b.position.offset - a.position.offset);
    return openedAs(found, (fd) => compare(sampleOf(fd), rivals));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: isRotation(error) ? 'unknown' : 'unreadable' };
  }
}

function compare(sample: Sample, rivals: readonly Known[]): Verdict {
  if (sample.size === 0) return { kind: 'empty' };
  const likenesses = rivals.map((rival) => ({ rival, likeness: likenessOf(sample, rival.position) }));
  const whole = likenesses.find(({ likeness }) => likeness === 'whole')?.rival;
  if (whole !== undefined)
    return whole.file === undefined ? { kind: 'heir', of: whole } : { kind: 'copy', of: whole.key };
  const part = likenesses.find(({ likeness }) => likeness === 'part')?.rival;
  if (part !== undefined) return { kind: 'copy', of: part.key };
  for (const { rival, likeness } of likenesses) {
    const verdict = likeness === 'unclear' ? compareBytes(sample, rival) : undefined;
    if (verdict !== undefined) return verdict;
  }
  return { kind: 'new' };
}

/**
 * Where too little was read of the other, its bytes are compared. Those of a live file may be other ones since a moment ago; a
 * rotated one is not truncated any more. Throws system errors: then nothing is known.
 */
function compareBytes(sample: Sample, { key, file, head }: Known): Verdict | undefined {
  if (file === undefined || head === undefined) return undefined;
  if (beginsAlike(sample, head())) return { kind: 'copy', of: key };
  if (!file.isRotated) file.suspect ||= !file.isIntact();
  return file.suspect ? { kind: 'unknown' } : undefined;
}

/**
 * Under a live name, or in another family, a short identical beginning proves nothing: that is a file made anew with the same
 * first line. There the whole head must agree, as after an editor wrote the file back, and only with a file that is gone.
 */
function isComparable(found: Found, { position, file }: Known): boolean {
  if (found.base === position.base && !isLive(found)) return true;
  return file === undefined && found.matched && position.head_len === HEAD_BYTES;
}
