/** Where in a query the server found something wrong: its line, and the column from 0. */
export interface ErrorPlace {
  readonly line: string;
  readonly column: number;
}

/** Reads `line:col` out of the server's words; undefined when they name no place in the query. */
export function errorPlace(query: string, message: string): ErrorPlace | undefined {
  const found = /\b(\d+):(\d+)\b/.exec(message);
  const line = query.split('\n')[Number(found?.[1]) - 1];
  const column = Number(found?.[2]) - 1;
  return line === undefined || !(column >= 0 && column <= line.length) ? undefined : { line, column };
}
