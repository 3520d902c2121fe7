/** Cells with their heads, one row a line, for a spreadsheet's clipboard: no cell can leave its place. */
export function tabSeparated(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.map((cell) => harmless(cell.replace(/[\t\r\n]/g, ' '))).join('\t')).join('\n');
}

/** RFC 4180. */
export function commaSeparated(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((cells) => `${cells.map((cell) => quoted(harmless(cell))).join(',')}\r\n`).join('');
}

/** Names come from strangers: what a spreadsheet would take for a formula begins with an apostrophe. */
function harmless(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
