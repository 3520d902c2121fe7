import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import { HELLO_PATH, INGEST_PATH } from '../model/ingest.ts';
import type { Log } from '../runtime/log.ts';
import { REMOTE_WRITE_PATH } from './remote-storage.ts';

/**
 * Vigie's own access log: Apache's combined format with a trailing `%D` (microseconds), read back through the file source like
 * any other log. Left out: event streams, which last as long as a page is open, and ingest and remote write, which would make every batch a line.
 */
const LEFT_OUT = new Set(['/api/vigie/stream', '/api/vigie/logs/tail', INGEST_PATH, HELLO_PATH, REMOTE_WRITE_PATH]);

/** Renamed to `<path>.1` at this size, so the two files never hold more than twice as much. */
const MAX_LOG_BYTES = 8 * 2 ** 20;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface AccessLog {
  readonly middleware: RequestHandler;
  close(): void;
}

export function openAccessLog(path: string, clock: Clock, log: Log): AccessLog {
  let file = openSync(path, 'a');
  const write = (line: string): void => {
    try {
      if (fstatSync(file).size >= MAX_LOG_BYTES) file = rotate(path, file);
      writeSync(file, line);
    } catch (error) {
      log.error('Cannot write the access log; this request is not counted.', { path, error: messageOf(error) });
    }
  };
  const middleware: RequestHandler = (request, response, next) => {
    const started = process.hrtime.bigint();
    if (!LEFT_OUT.has(request.path)) {
      response.on('close', () => write(lineOf(request, response, clock.now(), elapsedMicros(started))));
    }
    next();
  };
  return { middleware, close: () => closeSync(file) };
}

function rotate(path: string, file: number): number {
  if (existsSync(path)) renameSync(path, `${path}.1`);
  const next = openSync(path, 'a');
  closeSync(file);
  return next;
}

function elapsedMicros(started: bigint): number {
  return Number((process.hrtime.bigint() - started) / 1000n);
}

function lineOf(request: Request, response: Response, now: number, micros: number): string {
  const host = request.socket.remoteAddress ?? '-';
  const bytes = response.getHeader('content-length') ?? '-';
  const line = `${request.method} ${request.originalUrl} HTTP/${request.httpVersion}`;
  const referer = request.get('referer') ?? '-';
  const agent = request.get('user-agent') ?? '-';
  const text = [line, referer, agent].map(quoted);
  return `${host} - - [${apacheTime(now)}] ${text[0]} ${response.statusCode} ${bytes} ${text[1]} ${text[2]} ${micros}\n`;
}

/** Escaped as Apache does: every byte that is not printable ASCII becomes `\xhh`. */
function quoted(text: string): string {
  const escaped = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}

function apacheTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
