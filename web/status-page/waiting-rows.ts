import type { ComponentStatus } from '../../server/model/status.ts';

export interface WaitingRow {
  /** A component by its name, or a file of a source by its path below that name. */
  readonly what: string;
  readonly note: string;
}

/** The components that say why they cannot go on, each followed by its files that do. */
export function waitingRows(components: readonly ComponentStatus[]): WaitingRow[] {
  return components.flatMap(({ id, note, files = [] }) => [
    ...rowOf(id, note),
    ...files.flatMap((file) => rowOf(`${id}: ${file.path}`, file.note)),
  ]);
}

function rowOf(what: string, note: string | undefined): WaitingRow[] {
  return note === undefined ? [] : [{ what, note }];
}
