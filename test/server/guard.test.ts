import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { requireScope } from '../../server/api/guard.ts';
import { parseTokens } from '../../server/api/tokens.ts';

const tokens = parseTokens('read a-token-that-may-read', 'tokens');

function verdictOf(headers: Record<string, string>): string {
  let verdict = 'stopped';
  const response = { setHeader: () => response } as Partial<Response> as Response;
  try {
    requireScope(tokens, 'read')({ headers } as Partial<Request> as Request, response, () => {
      verdict = 'passed';
    });
  } catch (error) {
    verdict = (error as { code: string }).code;
  }
  return verdict;
}

test.each([
  [{}, 'unauthorized'],
  [{ authorization: 'Bearer a-token-that-may-read' }, 'passed'],
  [{ authorization: 'Basic a-token-that-may-read' }, 'unauthorized'],
  [{ cookie: 'x=1; vigie_token=a-token-that-may-read' }, 'passed'],
  [{ cookie: 'vigie_token=a-token-that-may-rea' }, 'unauthorized'],
  [{ cookie: 'vigie_token=%' }, 'unauthorized'],
  [{ cookie: 'not_vigie_token=a-token-that-may-read' }, 'unauthorized'],
])('%j: %s', (headers, want) => {
  expect(verdictOf(headers as Record<string, string>)).toBe(want);
});
