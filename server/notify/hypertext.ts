/** HTML that was built here. Everything else put into a template is escaped. */
export interface Hypertext {
  readonly html: string;
}

type Part = string | number | Hypertext | readonly Hypertext[];

/** Tagged template: `markup\`<p>${text}</p>\`` escapes `text` for content and for attributes in double quotes. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Hypertext {
  return { html: texts.map((text, i) => text + (i < parts.length ? htmlOf(parts[i] ?? '') : '')).join('') };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function htmlOf(part: Part): string {
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(({ html }) => html).join('');
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
