import type { SyslogColumns, SyslogText } from './columns.ts';
import { BsdStamp, readIsoStamp } from './stamp.ts';

/** What a frame was read as; `raw`: it has no priority, so all of it is the message. */
export type SyslogFormat = 'rfc5424' | 'rfc3164' | 'raw';

/** A message without priority is user.notice (RFC 3164, 4.3.3). */
const USER = 1;
const NOTICE = 5;
/** Longer tags are text that happens to hold a colon; the RFC says 32, devices say more. */
const MAX_TAG_BYTES = 96;
/** A tag may end at a space instead (RFC 3164, 4.1.3: at anything but letters and digits): the first word behind the host. */
const BARE_TAG = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,31}(?= )(?!.{0,24}message repeated)/;

const [NUL, LF, CR, SPACE, QUOTE, PERCENT] = [0, 10, 13, 32, 34, 37];
const [DASH, SLASH, COLON, LESS, GREATER] = [45, 47, 58, 60, 62];
const [OPEN, BACKSLASH, CLOSE] = [91, 92, 93];

/**
 * Reads syslog frames into columns, byte by byte, and refuses none: what does not follow RFC 5424 is read as RFC 3164, with the
 * habits of devices (no host, no tag, year or fraction in the time, sequence numbers, ISO times), and what has no priority is kept as it came.
 *
 *     <165>1 2003-10-11T22:14:15.003Z host app 8710 ID47 [a@1 x="y"] text       RFC 5424
 *     <34>Oct 11 22:14:15 host su[230]: text                                     RFC 3164
 */
export class SyslogScanner {
  readonly #zone: string;
  readonly #bsd: BsdStamp;
  #bytes: Buffer = Buffer.alloc(0);
  #columns: SyslogColumns | undefined;
  #now = 0;
  /** Where the text that people read begins in the frame read last, and where it ends: behind the priority, without its trailer. */
  textStart = 0;
  textEnd = 0;

  /** @param zone IANA name, of times that name none */
  constructor(zone: string) {
    this.#zone = zone;
    this.#bsd = new BsdStamp(zone);
  }

  /** What follows reads `bytes` into `columns`; `now` is the time of arrival. */
  begin(bytes: Buffer, columns: SyslogColumns, now: number): void {
    this.#bytes = bytes;
    this.#columns = columns;
    this.#now = now;
  }

  scan(start: number, end: number, row: number): SyslogFormat {
    const columns = this.#columns;
    if (columns === undefined) return 'raw';
    this.textStart = start;
    this.textEnd = this.#withoutTrailer(start, end);
    columns.time[row] = this.#now;
    const at = this.#priority(start, row, columns);
    if (at < 0) {
      this.#set('message', row, start, this.textEnd);
      return 'raw';
    }
    this.textStart = at;
    if (this.#isVersion1(at) && this.#scan5424(at + 2, row, columns)) return 'rfc5424';
    this.#scan3164(at, row, columns);
    return 'rfc3164';
  }

  /** NUL-padded frames and line ends belong to the framing. */
  #withoutTrailer(start: number, end: number): number {
    let last = end;
    while (last > start) {
      const byte = this.#bytes[last - 1];
      if (byte !== LF && byte !== CR && byte !== NUL) break;
      last--;
    }
    return last;
  }

  /** The byte behind `<PRI>`, or -1 when there is no priority of 0 to 191. */
  #priority(start: number, row: number, columns: SyslogColumns): number {
    const bytes = this.#bytes;
    columns.facility[row] = USER;
    columns.severity[row] = NOTICE;
    if (bytes[start] !== LESS) return -1;
    let value = 0;
    let at = start + 1;
    while (at < start + 4 && isDigit(bytes[at])) value = value * 10 + (bytes[at++] ?? 0) - 48;
    if (at === start + 1 || at >= this.textEnd || bytes[at] !== GREATER || value > 191) return -1;
    columns.facility[row] = value >> 3;
    columns.severity[row] = value & 7;
    return at + 1;
  }

  #isVersion1(at: number): boolean {
    return this.#bytes[at] === 49 && this.#bytes[at + 1] === SPACE && at + 1 < this.textEnd;
  }

  /** RFC 5424, 6; false leaves no trace but texts that the reading as RFC 3164 sets anew. */
  #scan5424(from: number, row: number, columns: SyslogColumns): boolean {
    const bytes = this.#bytes;
    const nil = bytes[from] === DASH && bytes[from + 1] === SPACE;
    const stamp = nil ? undefined : readIsoStamp(bytes, from, this.textEnd, this.#zone);
    if (!nil && stamp === undefined) return false;
    let at = (stamp?.next ?? from + 1) + 1;
    const tokens: [SyslogText, number, number][] = [];
    for (const name of ['host', 'app', 'procid', 'msgid'] as const) {
      const end = this.#tokenEnd(at);
      if (end === at || end >= this.textEnd) return false;
      if (end - at > 1 || bytes[at] !== DASH) tokens.push([name, at, end]);
      at = end + 1;
    }
    for (const [name, start, end] of tokens) this.#set(name, row, start, end);
    if (stamp !== undefined) columns.time[row] = stamp.time;
    const text = this.#behindData(at);
    this.#set('message', row, this.#behindMark(text), this.textEnd);
    this.textStart = from;
    return true;
  }

  #tokenEnd(at: number): number {
    const found = this.#bytes.indexOf(SPACE, at);
    return found < 0 || found > this.textEnd ? this.textEnd : found;
  }

  /** Where the message begins behind structured data; data that never closes is message. */
  #behindData(from: number): number {
    if (this.#bytes[from] === DASH) return Math.min(from + 2, this.textEnd);
    let at = from;
    while (this.#bytes[at] === OPEN && at < this.textEnd) {
      const close = this.#elementEnd(at);
      if (close < 0) return from;
      at = close + 1;
    }
    return Math.min(this.#bytes[at] === SPACE ? at + 1 : at, this.textEnd);
  }

  #elementEnd(from: number): number {
    let quoted = false;
    for (let at = from + 1; at < this.textEnd; at++) {
      const byte = this.#bytes[at];
      if (quoted && byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = !quoted;
      else if (byte === CLOSE && !quoted) return at;
    }
    return -1;
  }

  /** The byte order mark tells that the text is UTF-8, and is none of it. */
  #behindMark(at: number): number {
    const bytes = this.#bytes;
    return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf && at + 3 <= this.textEnd
      ? at + 3
      : at;
  }

  #scan3164(from: number, row: number, columns: SyslogColumns): void {
    const start = this.#behindSequence(from);
    const stamp =
      this.#bsd.read(this.#bytes, start, this.textEnd, this.#now) ??
      readIsoStamp(this.#bytes, start, this.textEnd, this.#zone);
    if (stamp === undefined) {
      this.#tagAndText(start, row, false);
      return;
    }
    columns.time[row] = stamp.time;
    const colon = this.#bytes[stamp.next] === COLON ? 1 : 0;
    const behindTime = Math.min(stamp.next + colon + 1, this.textEnd);
    const behindHost = this.#host(behindTime, row);
    this.#tagAndText(behindHost, row, behindHost > behindTime);
  }

  /** Routers number their messages: `29: `. */
  #behindSequence(from: number): number {
    let at = from;
    while (isDigit(this.#bytes[at])) at++;
    return at > from && this.#bytes[at] === COLON && this.#bytes[at + 1] === SPACE ? at + 2 : from;
  }

  /** What begins like a tag is no host: senders that know themselves leave it out. */
  #host(at: number, row: number): number {
    const end = this.#tokenEnd(at);
    const isHost = end > at && this.#bytes[end - 1] !== COLON && this.#isHostName(at, end);
    if (!isHost) return at;
    this.#set('host', row, at, end);
    return Math.min(end + 1, this.textEnd);
  }

  #isHostName(start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at] ?? 0;
      const isName = isDigit(byte) || isLetter(byte) || (byte >= 45 && byte <= 46) || byte === 95 || byte === COLON;
      if (!isName && !(byte === PERCENT && at > start)) return false;
    }
    return end - start <= 255;
  }

  /** `su: `, `sshd(pam_unix)[123]: `, `%PIX-7-710005: `; without a host before it a tag needs its colon or its process id. */
  #tagAndText(from: number, row: number, hasHost: boolean): void {
    const bytes = this.#bytes;
    const limit = Math.min(this.textEnd, from + MAX_TAG_BYTES);
    let end = from;
    while (end < limit && isTagByte(bytes[end])) end++;
    let next = end;
    if (end > from && bytes[end] === OPEN) {
      const close = bytes.indexOf(CLOSE, end);
      if (close > end && close < limit + MAX_TAG_BYTES && close < this.textEnd) {
        this.#set('procid', row, end + 1, close);
        next = close + 1;
      }
    }
    const hasColon = next < this.textEnd && bytes[next] === COLON && bytes[next + 1] !== SLASH;
    const isTag = end > from && (hasColon || next > end || (hasHost && this.#isBareTag(from)));
    if (!isTag) {
      this.#set('message', row, from, this.textEnd);
      return;
    }
    this.#set('app', row, from, end);
    if (hasColon) next++;
    if (bytes[next] === SPACE && next < this.textEnd) next++;
    this.#set('message', row, next, this.textEnd);
  }

  #isBareTag(from: number): boolean {
    return BARE_TAG.test(this.#bytes.toString('latin1', from, Math.min(this.textEnd, from + MAX_TAG_BYTES)));
  }

  #set(name: SyslogText, row: number, start: number, end: number): void {
    const ranges = this.#columns?.[name];
    if (ranges === undefined) return;
    ranges.start[row] = start;
    ranges.end[row] = end;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

/** Printable, and none of those that end a tag. */
function isTagByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > SPACE && byte < 127 && byte !== COLON && byte !== OPEN;
}
