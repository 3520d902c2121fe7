/** Why a probe failed: words of a small list, for a label. */
export const FAILURES = [
  'answer',
  'body',
  'certificate',
  'failed',
  'forbidden',
  'name',
  'redirect',
  'refused',
  'reset',
  'status',
  'timeout',
  'unreachable',
] as const;
export type FailureReason = (typeof FAILURES)[number];

/** The target is not as it should be. Not a mistake of ours. */
export class ProbeFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'ProbeFailure';
    this.reason = reason;
  }
}

const BY_CODE: Readonly<Record<string, FailureReason>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  ETIMEOUT: 'timeout',
  ENOTFOUND: 'name',
  ENODATA: 'name',
  EAI_AGAIN: 'name',
  ESERVFAIL: 'name',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** Whatever a system call, a resolver or a TLS library threw. */
export function failureOf(error: unknown): ProbeFailure {
  if (error instanceof ProbeFailure) return error;
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  if (name === 'TimeoutError' || name === 'AbortError') return new ProbeFailure('timeout', 'no answer in time');
  return new ProbeFailure((typeof code === 'string' ? BY_CODE[code] : undefined) ?? 'failed', text);
}
