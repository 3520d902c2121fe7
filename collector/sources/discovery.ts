import { accessSync, constants, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { basesOf, isCompressed } from './file/rotated-name.ts';

export type ServerKind = 'apache' | 'nginx';

/** An access log found on this machine. */
export interface DiscoveredLog {
  /** As seen from here, under the root that was searched. */
  readonly path: string;
  /** Named after the site the file name tells, else after the server. */
  readonly service: string;
  readonly kind: ServerKind;
  /** False: it is there, but this user may not read it. */
  readonly readable: boolean;
}

/** Where Debian, Red Hat, SUSE, Alpine and the BSDs put the access logs of the two servers. */
const DIRECTORIES: readonly { readonly directory: string; readonly kind: ServerKind }[] = [
  { directory: 'var/log/apache2', kind: 'apache' },
  { directory: 'var/log/httpd', kind: 'apache' },
  { directory: 'var/log/nginx', kind: 'nginx' },
];

/** `shop-access.log`, `ssl_access_log`, `access.shop.log`: a name with the word "access" between borders. */
const ACCESS = /(?:^|[._-])access(?=$|[._-])/i;
/** Parts of a name that tell no site. */
const FILLER = /^(?:access|log|ssl|https?|vhosts?|other|combined|default)$/i;

/**
 * The service a log file reports, from its name: `shop-access.log` is shop, `www.example.org_access.log` is www.example.org,
 * and `access.log` or `other_vhosts_access.log` is the server itself. Undefined for what is no live access log.
 */
export function serviceOf(name: string, kind: ServerKind): string | undefined {
  if (!ACCESS.test(name) || isCompressed(name) || basesOf(`/${name}`).length > 0) return undefined;
  const rest = name.replace(/[._-]log$/i, '').split(ACCESS);
  const parts = rest.flatMap((part) => part.split(/[_-]/).map((word) => word.replace(/^\.+|\.+$/g, '')));
  const site = parts.filter((word) => word !== '' && !FILLER.test(word)).join('-');
  return site === '' ? kind : site;
}

/**
 * Looks for access logs under `root`, sorted by path. A log directory that may not be listed stands for its logs as one entry that
 * is not readable.
 */
export function discoverAccessLogs(root = '/'): readonly DiscoveredLog[] {
  const logs = DIRECTORIES.flatMap(({ directory, kind }) => discoverIn(posix.join(root, directory), kind));
  return logs.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function discoverIn(folder: string, kind: ServerKind): readonly DiscoveredLog[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const service = entry.isDirectory() ? undefined : serviceOf(entry.name, kind);
      const path = posix.join(folder, entry.name);
      return service === undefined ? [] : [{ path, service, kind, readable: isReadable(path) }];
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? [] : [{ path: folder, service: kind, kind, readable: false }];
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    // The answer itself: not for this user.
    return false;
  }
}
