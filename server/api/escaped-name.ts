const PREFIX = 'U__';
const LAST_CODE_POINT = 0x10ffff;
const ESCAPE = /__|_([0-9a-fA-F]{1,6})_|[^_]+|_/g;

/**
 * A label name in a path, where it may be escaped: after `U__`, `__` is an underscore and `_2e_` the character U+002E. A name that
 * is not escaped, or not well, stands for itself (https://prometheus.io/docs/instrumenting/escaping_schemes/).
 */
export function unescapeName(name: string): string {
  if (!name.startsWith(PREFIX)) return name;
  let plain = '';
  for (const [part, code] of name.slice(PREFIX.length).matchAll(ESCAPE)) {
    if (part === '_' || (code !== undefined && !isCharacter(code))) return name;
    if (code !== undefined) plain += String.fromCodePoint(Number.parseInt(code, 16));
    else plain += part === '__' ? '_' : part;
  }
  return plain;
}

/** Halves of a surrogate pair are none. */
function isCharacter(code: string): boolean {
  const point = Number.parseInt(code, 16);
  return point <= LAST_CODE_POINT && (point < 0xd800 || point > 0xdfff);
}
