const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: give the user of the collector read access, for example with group adm',
  EISDIR: 'is a directory, want a file',
  ELOOP: 'symbolic links lead in a circle',
  ENOENT: 'a symbolic link that leads nowhere',
};

/** What an error of the system means for a log file, for people. */
export function causeOf(error: unknown): string {
  return causeOfCode(codeOf(error));
}

export function causeOfCode(code: string): string {
  return CAUSES[code] ?? code;
}

/** The error's code (`EACCES`), or its text when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Another file at the path, or none: a rotation a moment ago, which the next scan sorts out. */
export function isRotation(error: unknown): boolean {
  return ['ESTALE', 'ENOENT'].includes(codeOf(error));
}

/** An error of the outside world, as opposed to a mistake of our own. */
export function isSystemError(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(codeOf(error));
}
