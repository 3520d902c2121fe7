/** Queries somebody ran on this browser, the newest first. They never leave it. */
export type QueryHistory = readonly string[];

const KEY = 'vigie.queries';
const MOST = 20;
const LONGEST = 2000;

/** With what was just run in front; what was there already moves up, and the oldest goes. What is too long to keep is left out. */
export function withRun(history: QueryHistory, texts: readonly string[]): QueryHistory {
  const kept = texts.filter((text) => text !== '' && text.length <= LONGEST);
  return [...new Set([...kept, ...history])].slice(0, MOST);
}

/** What the storage holds; nothing when it was written by something else. */
export function readHistory(text: string | null): QueryHistory {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(stored)) return [];
    return withRun(
      [],
      stored.filter((item) => typeof item === 'string'),
    );
  } catch {
    // Not ours: it is written over at the next run.
    return [];
  }
}

/** Storage may be forbidden or full: the history then lasts as long as the page. */
export function recallHistory(): QueryHistory {
  try {
    return readHistory(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

/** An empty history leaves nothing behind. */
export function rememberHistory(history: QueryHistory): void {
  try {
    if (history.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(history));
  } catch {
    // As above: nothing to keep it in.
  }
}
