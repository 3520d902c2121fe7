import { type AccessLogColumns, createColumns, type TextColumn } from './access-log-columns.ts';
import { AccessLogTime, TIME_BYTES } from './access-log-time.ts';
import { isProtocol, nameEnd, readDecimal, readDigits } from './byte-values.ts';

/**
 * Reads one line of an access log into columns, byte by byte, making no text.
 *
 *     [vhost] host ident user [time] "request" status bytes ["referer" "agent"] extra...
 *                             ^ found first: the only bracket of the right width that a bare quote follows
 *
 * Everything before the bracket was chosen by clients at most in part (`user` may hold spaces and brackets, but a quote in it is
 * escaped by the server), so the bracket cannot be forged.
 */

/** What a line lacks, and what stood there would have been right. */
export const MISSING = {
  no_timestamp: 'a time such as [17/May/2015:10:05:03 +0000] and a quoted request',
  bad_timestamp: 'a time such as [17/May/2015:10:05:03 +0000]',
  no_host: 'an address, two more words and a time',
  bad_request: 'a closing quote behind the request',
  bad_status: 'a status of three digits',
  bad_bytes: 'a number of bytes or "-"',
} as const;
export type MissingReason = keyof typeof MISSING;

export interface ScanOptions {
  /** Undefined: told by the line. */
  readonly vhost?: boolean;
  readonly agent?: boolean;
  /** Seconds one unit of the trailing number is worth; undefined: there is none. */
  readonly durationUnit?: number;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

export class AccessLogScanner {
  /** Of the line scanned last: where it failed (byte offset). */
  failedAt = 0;
  hadVhost = false;
  hadAgent = false;
  /** It ends inside a quoted field behind the status. */
  truncated = false;
  /** It has a trailing number whose unit nobody declared. */
  undeclaredNumber = false;
  readonly #options: ScanOptions;
  readonly #time = new AccessLogTime();
  #bytes: Uint8Array = new Uint8Array();
  #end = 0;
  #row = 0;
  #into: AccessLogColumns;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#into = createColumns(0);
  }

  /** The batch whose lines come next. */
  begin(bytes: Uint8Array, into: AccessLogColumns): void {
    this.#bytes = bytes;
    this.#into = into;
  }

  /** Fills row `row` from the line [start, end). Returns what is missing; the row then is to be left out. */
  scan(start: number, end: number, row: number): MissingReason | undefined {
    this.#end = end;
    this.#row = row;
    this.hadAgent = false;
    this.truncated = false;
    this.undeclaredNumber = false;
    const bracket = this.#findTime(start);
    if (bracket < 0) return 'no_timestamp';
    if (!this.#client(start, bracket - 1)) return this.#fail('no_host', start);
    const time = this.#time.read(this.#bytes, bracket + 1);
    if (Number.isNaN(time)) return this.#fail('bad_timestamp', bracket + 1);
    this.#into.time[row] = time;
    const request = bracket + TIME_BYTES + 4;
    const closing = this.#closingQuote(request);
    if (closing < 0) return this.#fail('bad_request', request);
    this.#request(request, closing);
    return this.#response(closing + 1);
  }

  #fail(reason: MissingReason, at: number): MissingReason {
    this.failedAt = at;
    return reason;
  }

  #findTime(start: number): number {
    const bytes = this.#bytes;
    const last = this.#end - TIME_BYTES - 4;
    this.failedAt = start;
    for (let i = start; i <= last; i++) {
      if (bytes[i] !== BRACKET) continue;
      if (this.failedAt === start) this.failedAt = i;
      if (bytes[i + 27] === BRACKET_END && bytes[i + 28] === SPACE && bytes[i + 29] === QUOTE) return i;
    }
    return -1;
  }

  /** `[vhost] host ident user` in [start, end). Identd is all but dead: a dash tells which word is `ident`. */
  #client(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const first = this.#wordEnd(start, end);
    const second = this.#wordEnd(first + 1, end);
    const third = this.#wordEnd(second + 1, end);
    if (first === start || second >= end || bytes[end] !== SPACE) return false;
    const dash = this.#isDash(first + 1, second);
    this.hadVhost = this.#options.vhost ?? (!dash && third < end);
    if (!this.hadVhost) {
      this.#put(this.#into.host, start, first);
      this.#put(this.#into.user, second + 1, end);
      return true;
    }
    if (third >= end) return false;
    this.#put(this.#into.vhost, start, nameEnd(bytes, start, first));
    this.#put(this.#into.host, first + 1, second);
    this.#put(this.#into.user, third + 1, end);
    return true;
  }

  #isDash(start: number, end: number): boolean {
    return end - start === 1 && this.#bytes[start] === DASH;
  }

  #put(column: TextColumn, start: number, end: number): void {
    if (start >= end || this.#isDash(start, end)) return;
    column.start[this.#row] = start;
    column.end[this.#row] = end;
  }

  /** `GET /path HTTP/1.1`; what a broken client sent instead is a method or a path as far as it goes. */
  #request(start: number, end: number): void {
    const bytes = this.#bytes;
    const method = this.#wordEnd(start, end);
    this.#put(this.#into.method, start, method);
    if (method >= end) return;
    let word = end;
    while (word > method + 1 && bytes[word - 1] !== SPACE) word--;
    const protocol = word > method && isProtocol(bytes, word, end);
    this.#put(this.#into.path, method + 1, protocol ? word - 1 : end);
    if (protocol) this.#put(this.#into.protocol, word, end);
  }

  /** ` 200 512 "referer" "agent" ...` from the byte behind the request's quote. */
  #response(from: number): MissingReason | undefined {
    const bytes = this.#bytes;
    const at = from + 1;
    const status = readDigits(bytes, at, at + 3);
    if (bytes[from] !== SPACE || Number.isNaN(status) || at + 3 > this.#end || !this.#wordEndsAt(at + 3)) {
      return this.#fail('bad_status', at);
    }
    this.#into.status[this.#row] = status;
    const size = at + 4;
    const sizeEnd = this.#wordEnd(size, this.#end);
    // Apache's %b writes a dash for a response without a body.
    const sent = this.#isDash(size, sizeEnd) ? 0 : readDigits(bytes, size, sizeEnd);
    if (Number.isNaN(sent)) return this.#fail('bad_bytes', Math.min(size, this.#end));
    this.#into.bytes[this.#row] = sent;
    this.#extras(this.#agent(sizeEnd));
    return undefined;
  }

  /** The next space, or `end`. */
  #wordEnd(from: number, end: number): number {
    const bytes = this.#bytes;
    let i = from;
    while (i < end && bytes[i] !== SPACE) i++;
    return i;
  }

  #wordEndsAt(at: number): boolean {
    return at === this.#end || this.#bytes[at] === SPACE;
  }

  /** ` "referer" "agent"`. Returns the end of what was read; a line cut inside a quote is taken as far as it goes. */
  #agent(from: number): number {
    const bytes = this.#bytes;
    if (this.#options.agent === false || bytes[from + 1] !== QUOTE || from + 1 >= this.#end) return from;
    const referer = this.#quoted(from + 2);
    this.hadAgent = true;
    this.#put(this.#into.referer, from + 2, referer);
    if (this.truncated || bytes[referer + 2] !== QUOTE || referer + 2 >= this.#end) return referer + 1;
    const agent = this.#quoted(referer + 3);
    this.#put(this.#into.agent, referer + 3, agent);
    return agent + 1;
  }

  /** The next quote that is not escaped, -1 when the line ends first. */
  #closingQuote(from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    for (let i = from; i < end; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) return i;
      if (byte === BACKSLASH) i++;
    }
    return -1;
  }

  #quoted(from: number): number {
    const closing = this.#closingQuote(from);
    this.truncated = closing < 0;
    return closing < 0 ? this.#end : closing;
  }

  /** Looks for the first bare number among what follows. */
  #extras(from: number): void {
    const bytes = this.#bytes;
    const unit = this.#options.durationUnit;
    for (let at = from + 1; at < this.#end; ) {
      if (bytes[at] === QUOTE) {
        const closing = this.#closingQuote(at + 1);
        at = closing < 0 ? this.#end : closing + 2;
        continue;
      }
      const end = this.#wordEnd(at, this.#end);
      const value = readDecimal(bytes, at, end);
      if (!Number.isNaN(value)) {
        this.undeclaredNumber = unit === undefined;
        if (unit !== undefined) this.#into.duration[this.#row] = value * unit;
        return;
      }
      at = end + 1;
    }
  }
}
