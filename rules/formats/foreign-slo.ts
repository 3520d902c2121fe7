import { messageOf } from '../../server/model/errors.ts';
import { TextError } from '../../server/model/text-error.ts';
import type { FileRemark, Path, Place } from '../files/yaml-file.ts';

/** A document of another tool; every scalar is the text that was written. */
export interface ForeignDocument {
  readonly content: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

/**
 * An objective of another tool, said in the words of ours: an entry as it may stand below `slos:`. It is then read as any other entry,
 * so that whatever ours demands is demanded of it too, and what is wrong is told where the other tool's file says it.
 */
export interface ForeignSlo {
  readonly entry: Readonly<Record<string, unknown>>;
  /** Of paths of the entry. */
  readonly place: Place;
  /** What Vigie cannot evaluate, each told once. */
  readonly problems: readonly FileRemark[];
  /** Set when its problems are told with another objective that shares them; with problems of its own it is refused anyway. */
  readonly refused?: boolean;
  /** What has no place in our format and changes no figure. */
  readonly losses: readonly FileRemark[];
}

/** What a format's reader makes of its documents. */
export interface ForeignFiles {
  readonly slos: readonly ForeignSlo[];
  /** Of documents that hold no objective that could be read. */
  readonly problems: readonly FileRemark[];
  /** Of documents, not of one objective. */
  readonly losses: readonly FileRemark[];
}

/** Collects what is to be told of one objective. */
export class Remarks {
  readonly problems: FileRemark[] = [];
  readonly losses: FileRemark[] = [];
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  refuse(path: Path, message: string): undefined {
    this.problems.push(this.#place(path, message));
    return undefined;
  }

  lose(path: Path, message: string): void {
    this.losses.push(this.#place(path, `not carried over: ${message}`));
  }

  /** What a reading throws is a problem at the path. */
  attempt<T>(path: Path, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof TextError)) return this.refuse(path, messageOf(error));
      this.problems.push(this.#place(path, error.told, error.offset));
      return undefined;
    }
  }
}

/** Paths of an entry led to where the other tool's file says it: by their first key, else to the objective itself. */
export function ledPlace(place: Place, home: Path, ways: Readonly<Record<string, Path>>): Place {
  return (path, message) => place(ways[String(path[0])] ?? home, message);
}

/** A title of ours holds a line; a longer text gives way to the name. */
export function titleOf(text: string | undefined, name: string, at: Path, remarks: Remarks): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  if (line.length <= MAX_TITLE) return line === '' ? name : line;
  remarks.lose(at, `a text of more than ${MAX_TITLE} characters; the title is the name`);
  return name;
}

const MAX_TITLE = 200;

/** An id of ours made of another tool's name, as near to it as its letters allow. */
export function idOfName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 100)
    .replaceAll(/^-+|-+$/g, '');
}
