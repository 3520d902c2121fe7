export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function readTheme(text: string | null | undefined): Theme {
  return THEMES.find((theme) => theme === text) ?? 'auto';
}
