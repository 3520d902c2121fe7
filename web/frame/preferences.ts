import { signal } from '@preact/signals';
import { LANGUAGES, type Language } from '../../server/model/words/words.ts';
import { chooseLanguage } from '../language/language.ts';
import { readTheme, type Theme } from './theme.ts';

const LANGUAGE_KEY = 'vigie.language';
const THEME_KEY = 'vigie.theme';

/** What this person chose, on the document's element and in the browser's storage. */
export type Preferences = ReturnType<typeof createPreferences>;

export function createPreferences(window: Window & typeof globalThis) {
  const query = new URLSearchParams(window.location.search).get('lang');
  const hints = { query, remembered: recall(window, LANGUAGE_KEY), preferred: window.navigator.languages };
  const language = signal(chooseLanguage(hints));
  const theme = signal(readTheme(recall(window, THEME_KEY)));
  const root = window.document.documentElement;
  root.lang = language.value;
  root.dataset.theme = theme.value;
  return {
    language,
    theme,
    languages: LANGUAGES,
    setLanguage: (choice: Language) => {
      language.value = choice;
      root.lang = choice;
      remember(window, LANGUAGE_KEY, choice);
    },
    setTheme: (choice: Theme) => {
      theme.value = choice;
      root.dataset.theme = choice;
      remember(window, THEME_KEY, choice);
    },
  };
}

/** Storage may be forbidden; a preference then lasts as long as the page. */
function recall(window: Window, key: string): string | undefined {
  try {
    return window.localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(window: Window, key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // As above: nothing to keep it in.
  }
}
