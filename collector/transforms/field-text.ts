const BACKSLASH = 0x5c;
const CONTROL: Readonly<Record<string, number>> = { b: 8, n: 10, r: 13, t: 9, v: 11, '"': 0x22, '\\': BACKSLASH };

/**
 * The text of a field. Escapes are those of Apache (`\"`, `\\`, `\n`, `\x8f`; server/util.c, ap_escape_logitem) and nginx
 * (`\x8F`); one that is neither stays as written. Bytes that are no UTF-8 become U+FFFD.
 */
export function fieldText(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  const plain = !escaped || bytes.subarray(start, end).indexOf(BACKSLASH) < 0;
  return plain
    ? bytes.toString('utf8', start, end)
    : withoutEscapes(bytes.toString('latin1', start, end)).toString('utf8');
}

function withoutEscapes(text: string): Buffer {
  const plain = text.replace(/\\(?:x([0-9A-Fa-f]{2})|([bnrtv"\\]))/g, (_, hex?: string, letter?: string) =>
    String.fromCharCode(hex === undefined ? (CONTROL[letter ?? ''] ?? BACKSLASH) : Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}
