import type { ComponentStatus, FileStatus } from '../../server/model/status.ts';

export interface FileRow extends FileStatus {
  /** Of the source that follows it, and of the file: one file may be followed twice. */
  readonly key: string;
}

/** More make no page that is read. */
const MAX_ROWS = 50;

const RANK: Readonly<Record<FileStatus['state'], number>> = {
  unparseable: 0,
  unreadable: 1,
  missing: 2,
  reading: 3,
  complete: 4,
};

/** The files this process follows, those with something to say first, and how many there are beside them. */
export function fileRows(components: readonly ComponentStatus[]): { rows: FileRow[]; more: number } {
  const files = components.flatMap(({ id, files = [] }) =>
    files.map((file) => ({ ...file, key: `${id} ${file.path}` })),
  );
  const rows = files.toSorted((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1)).slice(0, MAX_ROWS);
  return { rows, more: files.length - rows.length };
}

function rank({ state, note }: FileStatus): number {
  return RANK[state] - (note === undefined ? 0 : RANK.complete);
}
