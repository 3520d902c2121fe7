/** What fields of a line mean, read from its bytes without making text. Ranges are [start, end). */
const POINT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const BRACKET_END = 0x5d;
/** Larger numbers are no longer exact; no response is. */
const MAX_DIGITS = 15;

/** `HTTP/` and more. */
export function isProtocol(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > 5 &&
    bytes[start] === 0x48 &&
    bytes[start + 1] === 0x54 &&
    bytes[start + 2] === 0x54 &&
    bytes[start + 3] === 0x50 &&
    bytes[start + 4] === SLASH
  );
}

/** The end of `shop.example` in `shop.example:443`; the colons of a bare IPv6 address stay. */
export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end - 1;
  while (i > start && isDigit(bytes[i])) i--;
  if (i === end - 1 || bytes[i] !== COLON) return end;
  for (let j = start; j < i; j++) if (bytes[j] === COLON && bytes[i - 1] !== BRACKET_END) return end;
  return i;
}

/** A whole number; NaN unless all of it is digits, and not too many. */
export function readDigits(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > MAX_DIGITS) return Number.NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `12345` or `0.250`; NaN when it is neither. */
export function readDecimal(bytes: Uint8Array, start: number, end: number): number {
  let point = start;
  while (point < end && bytes[point] !== POINT) point++;
  const whole = readDigits(bytes, start, point);
  if (point === end) return whole;
  const fraction = readDigits(bytes, point + 1, end);
  // Divided once: 0.250 must be the number that the text means.
  const scale = 10 ** (end - point - 1);
  return end - start > MAX_DIGITS ? Number.NaN : (whole * scale + fraction) / scale;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
