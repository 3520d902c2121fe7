import type { ComponentStatus } from '../../server/model/status.ts';

export interface WaitingRow {
  /** A component by its name, or a file of a source by its path below that name. */
  readonly what: string;
  readonly note: string;
}

/** The components that say why they cannot go on, each followed by its files that cannot be read. */
export function waitingRows(components: readonly ComponentStatus[]): WaitingRow[] {
  return components.flatMap(({ id, note, files = [] }) => [
    ...rowOf(id, note),
    ...files.flatMap(({ path, state, note }) => (state === 'unreadable' ? rowOf(`${id}: ${path}`, note) : [])),
  ]);
}

function rowOf(what: string, note: string | undefined): WaitingRow[] {
  return note === undefined ? [] : [{ what, note }];
}
