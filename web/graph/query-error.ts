/** Where in a query the server found something wrong: its line, the column in it and the characters before it in all, from 0. */
export interface ErrorPlace {
  readonly line: string;
  readonly column: number;
  readonly position: number;
}

/** Reads `line:col` out of the server's words; undefined when they name no place in the query. */
export function errorPlace(query: string, message: string): ErrorPlace | undefined {
  const found = /\b(\d+):(\d+)\b/.exec(message);
  const lines = query.split('\n');
  const row = Number(found?.[1]) - 1;
  const [line, column] = [lines[row], Number(found?.[2]) - 1];
  if (line === undefined || !(column >= 0 && column <= line.length)) return undefined;
  const before = lines.slice(0, row).reduce((sum, { length }) => sum + length + 1, 0);
  return { line, column, position: before + column };
}
