/**
 * Eight hex digits that tell apart names which look alike once they are made into an id: FNV-1a, 32 bit, over UTF-16 code units
 * (http://www.isthe.com/chongo/tech/comp/fnv/). It is no digest: who wants two names with one hash finds them.
 */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
