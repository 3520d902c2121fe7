const NO_SITE = '?';
/** Longer "extensions" are none. */
const MAX_EXTENSION = 16;

/** The URL without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** `.html` in lower case, '/' of a folder, '' of a file without an extension. */
export function fileTypeOf(path: string): string {
  if (path.endsWith('/')) return '/';
  const dot = path.lastIndexOf('.');
  if (dot <= path.lastIndexOf('/') || path.length - dot > MAX_EXTENSION) return '';
  return path.slice(dot).toLowerCase();
}

/** The host of a referrer (RFC 3986, 3.2.2) in lower case, without user and port; '' of no referrer, '?' where it has none. */
export function siteOf(referrer: string): string {
  if (referrer === '') return '';
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(referrer)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host === '' ? NO_SITE : host.toLowerCase();
}
