/** A word or sign of a query, as far as it takes to say what is wrong with it. */
export interface QueryToken {
  readonly kind: 'name' | 'number' | 'text' | 'open text' | 'sign';
  readonly text: string;
  readonly from: number;
}

const TOKEN =
  /(?<skip>\s+|#.*)|(?<name>[A-Za-z_:][\w:]*)|(?<number>(?:\d|\.\d)[\w.]*)|(?<text>"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'|`[^`]*`)|(?<open>["'`][^\n]*)|(?<sign>==|=~|!=|!~|<=|>=|&&|\|\||[\s\S])/gu;

/** The words and signs in order; blanks and comments are left out. */
export function tokensOf(query: string): readonly QueryToken[] {
  return [...query.matchAll(TOKEN)].flatMap(({ 0: text, index: from, groups = {} }): QueryToken[] => {
    if (groups.skip !== undefined) return [];
    return [{ kind: kindOf(groups), text, from }];
  });
}

function kindOf({ name, number, text, open }: Readonly<Record<string, string | undefined>>): QueryToken['kind'] {
  if (name !== undefined) return 'name';
  if (number !== undefined) return 'number';
  if (text !== undefined) return 'text';
  return open === undefined ? 'sign' : 'open text';
}
