/** Shorter ones occur everywhere. */
const MIN_LENGTH = 3;
const CLASS_OR_ANCHOR = /[dDsSwWbBAz]/;

/**
 * Texts in lower case that every line matched by an RE2 pattern holds, in lower case too: what can be looked for before the pattern
 * is tried. Only plain ASCII at the top level of the pattern is seen; a pattern with alternatives there has none. Conservative: a
 * pattern that is not understood has none.
 *
 *     GET /cart.* 50[03]     "get /cart", " 50"
 *     (?i)time ?out|refused  nothing
 */
export function requiredLiterals(pattern: string): readonly string[] {
  const reader = new LiteralReader(pattern);
  const literals = reader.read();
  return literals.filter((literal) => literal.length >= MIN_LENGTH);
}

class LiteralReader {
  readonly #pattern: string;
  /** Letters of one fold more than ASCII's: K is also the Kelvin sign, S also the long s (Unicode, CaseFolding.txt). */
  readonly #folds: boolean;
  readonly #found: string[] = [];
  #run = '';
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#folds = /\(\?[a-zA-Z]*i/.test(pattern);
  }

  read(): readonly string[] {
    while (this.#at < this.#pattern.length) if (!this.#step()) return [];
    this.#close();
    return this.#found;
  }

  /** Reads on by an atom or an operator; false: nothing can be said of the pattern. */
  #step(): boolean {
    const char = this.#pattern[this.#at++] ?? '';
    if (char === '|') return false;
    if (char === '\\') return this.#escape();
    if (char === '[') return this.#skipClass();
    if (char === '(') return this.#skipGroup();
    if ('.^$+'.includes(char)) this.#close();
    else if ('*?'.includes(char)) this.#dropLast();
    else if (char === '{' && this.#skipCount()) this.#dropLast();
    else this.#literal(char);
    return true;
  }

  #literal(char: string): void {
    const plain = char >= ' ' && char <= '~' && !(this.#folds && /[kKsS]/.test(char));
    if (plain) this.#run += char.toLowerCase();
    else this.#close();
  }

  #close(): void {
    if (this.#run !== '') this.#found.push(this.#run);
    this.#run = '';
  }

  /** What stands before `*`, `?` or `{n}` may be missing. */
  #dropLast(): void {
    this.#run = this.#run.slice(0, -1);
    this.#close();
  }

  #escape(): boolean {
    const char = this.#pattern[this.#at++] ?? '';
    if (CLASS_OR_ANCHOR.test(char)) this.#close();
    else if (/[A-Za-z0-9]/.test(char)) return false;
    else this.#literal(char);
    return true;
  }

  #skipCount(): boolean {
    const count = /^\d+(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at))?.[0];
    this.#at += count?.length ?? 0;
    return count !== undefined;
  }

  #skipClass(): boolean {
    this.#close();
    const whole = /^\^?\]?(?:\[:\^?[a-z]+:\]|\\[^pPx]|[^\]\\])*\]/.exec(this.#pattern.slice(this.#at))?.[0];
    this.#at += whole?.length ?? 0;
    return whole !== undefined;
  }

  #skipGroup(): boolean {
    this.#close();
    // Flags alone are no atom: what repeats behind them is what stands before them.
    if (/^\?[a-zA-Z-]+\)[*+?{]/.test(this.#pattern.slice(this.#at))) return false;
    for (let depth = 1; depth > 0; ) {
      const char = this.#pattern[this.#at++];
      if (char === undefined) return false;
      if (char === '\\') this.#at++;
      else if (char === '[' && !this.#skipClass()) return false;
      else if (char === '(') depth++;
      else if (char === ')') depth--;
    }
    return true;
  }
}
