/** Why a request failed: the server's code and message, `unreachable`, or `cancelled` by the page itself. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type Answer<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly failure: Failure };

/**
 * Reads an answer of our own JSON API, or of the Prometheus one, whose errors are flat. An error body of another shape
 * (a proxy's page) still gives a readable failure.
 */
export function readAnswer<T>(status: number, text: string): Answer<T> {
  const body = parse(text);
  if (status >= 200 && status < 300 && body !== undefined) return { ok: true, data: body as T };
  return { ok: false, failure: failureOf(body) ?? { code: 'internal', message: `HTTP ${status}` } };
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller answers with the status instead.
    return undefined;
  }
}

function failureOf(body: unknown): Failure | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error === 'string' && 'errorType' in body) return { code: String(body.errorType), message: error };
  if (typeof error !== 'object' || error === null || !('code' in error && 'message' in error)) return undefined;
  return { code: String(error.code), message: String(error.message) };
}
