/** Letters before which French elides; an h may be mute or not, so that it keeps its "de". */
const VOWEL = /^[aeiouœæ]/;

/** "de shop", "d’api": what somebody named, with the preposition before it. */
export function withDe(name: string): string {
  return VOWEL.test(name.normalize('NFD').toLowerCase()) ? `d’${name}` : `de ${name}`;
}

/** The arguments of a French message: beside each name, `de_<argument>` is the same with its preposition. */
export function withElisions<V extends string | number>(
  args: Readonly<Record<string, V>>,
): Readonly<Record<string, V | string>> {
  const elided = Object.entries(args).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`de_${key}`, withDe(value)]] : [],
  );
  return { ...Object.fromEntries(elided), ...args };
}
