/** Where complete frames go, none of them empty. `cut`: more of it came than was wanted. */
export type TakeFrame = (bytes: Buffer, start: number, end: number, cut: boolean) => void;

/** A stream that cannot be cut into frames any more. */
export class FramingError extends Error {}

const [NUL, LF, CR, SPACE] = [0, 10, 13, 32];
/** A length of more digits is an attack or noise. */
const MAX_DIGITS = 8;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts one TCP stream into frames (RFC 6587). Its first byte decides for all of it: a digit means octet counting (3.4.1), anything
 * else lines (3.4.2). Frames beyond `maxBytes` are cut and the rest skipped, so a connection never holds more than one frame of that size.
 */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #take: TakeFrame;
  #framing: 'octets' | 'lines' | undefined;
  #rest: Buffer = NOTHING;
  /** Bytes of a cut frame that are still to come; of a cut line: until its end. */
  #skip = 0;

  constructor(maxBytes: number, take: TakeFrame) {
    this.#maxBytes = maxBytes;
    this.#take = take;
  }

  /** Throws FramingError, after the frames before it were taken. */
  feed(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#framing === undefined && bytes.length > 0) this.#framing = isDigit(bytes[0]) ? 'octets' : 'lines';
    const next = this.#framing === 'octets' ? this.#cutOctets(bytes) : this.#cutLines(bytes);
    // A copy: the rest of a chunk must not keep the whole of it alive.
    this.#rest = next < bytes.length ? Buffer.from(bytes.subarray(next)) : NOTHING;
  }

  /** The stream ended: what there is of a frame is taken. True when it was torn. */
  end(): boolean {
    const rest = this.#rest;
    this.#rest = NOTHING;
    if (rest.length === 0 || (this.#framing === 'lines' && this.#skip > 0)) return this.#skip > 0;
    const start = this.#framing === 'octets' ? rest.indexOf(SPACE) + 1 : 0;
    if (start < rest.length) this.#take(rest, start, rest.length, false);
    return this.#framing === 'octets';
  }

  #cutLines(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LF, at);
      if (end < 0) break;
      if (this.#skip > 0) this.#skip = 0;
      else this.#line(bytes, at, end);
      at = end + 1;
    }
    if (this.#skip > 0) return bytes.length;
    if (bytes.length - at <= this.#maxBytes) return at;
    this.#take(bytes, at, at + this.#maxBytes, true);
    this.#skip = 1;
    return bytes.length;
  }

  #line(bytes: Buffer, start: number, end: number): void {
    let last = end;
    while (last > start && (bytes[last - 1] === CR || bytes[last - 1] === NUL)) last--;
    if (last > start) this.#take(bytes, start, Math.min(last, start + this.#maxBytes), last - start > this.#maxBytes);
  }

  #cutOctets(bytes: Buffer): number {
    let at = this.#skipped(bytes, 0);
    while (at < bytes.length) {
      // Senders that mean well end a counted frame with a line end.
      if (bytes[at] === LF) {
        at++;
        continue;
      }
      const space = bytes.indexOf(SPACE, at);
      const digits = (space < 0 ? bytes.length : space) - at;
      if (!isCount(bytes, at, digits)) throw new FramingError('want a length before the message');
      if (space < 0) break;
      const length = Number(bytes.toString('latin1', at, space));
      const kept = Math.min(length, this.#maxBytes);
      if (bytes.length - space - 1 < kept) break;
      this.#take(bytes, space + 1, space + 1 + kept, kept < length);
      this.#skip = length - kept;
      at = this.#skipped(bytes, space + 1 + kept);
    }
    return at;
  }

  #skipped(bytes: Buffer, at: number): number {
    const now = Math.min(this.#skip, bytes.length - at);
    this.#skip -= now;
    return at + now;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** No leading zero (RFC 6587, 3.4.1: MSG-LEN = NONZERO-DIGIT *DIGIT). */
function isCount(bytes: Buffer, at: number, digits: number): boolean {
  if (digits < 1 || digits > MAX_DIGITS || bytes[at] === 48) return false;
  for (let i = at; i < at + digits; i++) if (!isDigit(bytes[i])) return false;
  return true;
}
