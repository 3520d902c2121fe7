/** The one catalogue of errors people may meet: a stable code, the HTTP status it answers with, and the exit code of the command line. */
export const errorCatalogue = {
  bad_request: { status: 400, exit: 2 },
  bad_query: { status: 400, exit: 2 },
  bad_config: { status: 400, exit: 78 },
  unauthorized: { status: 401, exit: 4 },
  forbidden: { status: 403, exit: 4 },
  not_found: { status: 404, exit: 2 },
  conflict: { status: 409, exit: 1 },
  too_large: { status: 413, exit: 1 },
  unsupported: { status: 415, exit: 2 },
  execution: { status: 422, exit: 1 },
  canceled: { status: 499, exit: 1 },
  rate_limited: { status: 429, exit: 4 },
  internal: { status: 500, exit: 1 },
  not_implemented: { status: 501, exit: 1 },
  unavailable: { status: 503, exit: 4 },
  timeout: { status: 503, exit: 1 },
  disk_full: { status: 507, exit: 1 },
  data_dir_locked: { status: 500, exit: 1 },
  newer_database: { status: 500, exit: 1 },
  address_in_use: { status: 500, exit: 1 },
  unreachable: { status: 502, exit: 4 },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** An error of the outside world, told as "cannot <verb> <thing>: <cause>". */
export class VigieError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VigieError';
    this.code = code;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const SYSTEM_CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder; want a file',
  ELOOP: 'symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of its path is no folder',
  EROFS: 'the disk may only be read',
};

/** Why the system would not open, read or write a file, in words; the text of whatever else was thrown. The message names the file. */
export function fileCause(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return SYSTEM_CAUSES[code] ?? messageOf(error);
}

/** Stops on a mistake of our own. Never caught, never used for bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`BUG: ${message}`);
}
