/** A pattern with more values is tried value by value. */
const MAX_VALUES = 1000;
const SPECIAL = '\\.+*?()|[]{}^$';

/**
 * The texts that an RE2 pattern matches, anchored at both ends, when it is nothing but plain text, groups and alternatives; undefined
 * for any other one.
 *
 *     GET|POST           "GET", "POST"
 *     /(cart|search)/?   undefined: "?" is not plain
 */
export function plainValues(pattern: string): readonly string[] | undefined {
  // Anchors at the ends say what is so anyway; an escaped one is text.
  const reader = new PlainReader(pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, ''));
  const values = reader.alternatives();
  return values === undefined || !reader.isAtEnd() ? undefined : [...new Set(values)];
}

class PlainReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  isAtEnd(): boolean {
    return this.#at === this.#pattern.length;
  }

  alternatives(): readonly string[] | undefined {
    let all: readonly string[] = [];
    do {
      const some = this.#sequence();
      if (some === undefined) return undefined;
      all = [...all, ...some];
      if (all.length > MAX_VALUES) return undefined;
    } while (this.#take('|'));
    return all;
  }

  /** What stands between two bars or brackets, as every way to read it. */
  #sequence(): readonly string[] | undefined {
    let texts: readonly string[] = [''];
    while (!this.isAtEnd() && !'|)'.includes(this.#char())) {
      const next = this.#atom();
      if (next === undefined || texts.length * next.length > MAX_VALUES) return undefined;
      texts = texts.flatMap((text) => next.map((end) => text + end));
    }
    return texts;
  }

  #atom(): readonly string[] | undefined {
    if (this.#take('(')) return this.#group();
    const char = this.#char();
    this.#at++;
    if (char !== '\\') return SPECIAL.includes(char) ? undefined : [char];
    const escaped = this.#char();
    this.#at++;
    return escaped !== '' && SPECIAL.includes(escaped) ? [escaped] : undefined;
  }

  #group(): readonly string[] | undefined {
    if (this.#take('?') && !this.#take(':')) return undefined;
    const inside = this.alternatives();
    return this.#take(')') ? inside : undefined;
  }

  #take(char: string): boolean {
    if (this.#char() !== char) return false;
    this.#at++;
    return true;
  }

  /** Empty at the end. */
  #char(): string {
    return this.#pattern[this.#at] ?? '';
  }
}
