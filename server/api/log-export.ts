import type { Response } from 'express';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import type { LogLine, LogQuery } from '../model/logs.ts';
import { invalid } from './params.ts';
import { closeSignal, drained } from './response-flow.ts';

interface Format {
  readonly type: string;
  readonly head: string;
  /** @param first whether it is the first of all. */
  readonly line: (line: LogLine, first: boolean) => string;
  readonly foot: string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  /** The lines as they were written, nothing else. */
  txt: { type: 'text/plain; charset=utf-8', head: '', line: ({ text }) => `${text}\n`, foot: '' },
  json: {
    type: 'application/json',
    head: '[\n',
    line: (line, first) => (first ? '' : ',\n') + JSON.stringify(line),
    foot: '\n]\n',
  },
  csv: { type: 'text/csv; charset=utf-8', head: 'seq,time,level,labels,text\r\n', line: csvRow, foot: '' },
};

/**
 * Streams every line of a search, page by page, as fast as the reader takes them. The lines that are there when it begins are all
 * in it, unless they have to make room before their turn. An error on the way breaks the connection off, so that nobody takes a
 * part for the whole.
 */
export async function exportLines(engine: Engine, query: LogQuery, name: string, response: Response): Promise<void> {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined) throw invalid('format', `got ${JSON.stringify(name)}; want txt, json or csv`);
  const gone = closeSignal(response);
  let page = await engine.searchLogs(query);
  response.setHeader('content-type', format.type);
  response.setHeader('content-disposition', `attachment; filename="logs.${name}"`);
  response.write(format.head);
  for (let first = true; ; page = await engine.searchLogs({ ...query, after: page.next })) {
    const text = page.lines.map((line, i) => format.line(line, first && i === 0)).join('');
    response.write(text);
    await drained(response, gone);
    if (gone.aborted) return;
    if (page.lines.length > 0) first = false;
    if (page.next === undefined) break;
  }
  if (page.partial !== undefined) throw new VigieError('execution', 'cannot export: too many lines of one moment');
  response.end(format.foot);
}

/** RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe: log lines are written by strangers. */
function csvRow({ seq, time, level, labels, text }: LogLine): string {
  const cells = [String(seq), new Date(time).toISOString(), level ?? '', JSON.stringify(labels), text];
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
