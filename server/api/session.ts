import { json, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { VigieError } from '../model/errors.ts';
import { refuseForeignOrigin, SESSION_COOKIE } from './guard.ts';
import type { Tokens } from './tokens.ts';

const sessionSchema = z.strictObject({ token: z.string().min(1).max(1024) });

/** Guesses are slowed: this many failures a minute and address. */
const MAX_FAILURES = 10;

/** `POST /api/vigie/session {token}`: lets a browser carry its token in a cookie that no script can read. */
export function sessionRoutes(tokens: Tokens): Router {
  const limiter = rateLimit({
    windowMs: 60_000,
    limit: MAX_FAILURES,
    skipSuccessfulRequests: true,
    legacyHeaders: false,
  });
  return Router().post('/api/vigie/session', limiter, json({ limit: '4kb' }), (request, response) => {
    refuseForeignOrigin(request);
    const body = sessionSchema.safeParse(request.body);
    if (!body.success || tokens.allows(body.data.token, 'read') !== 'yes') {
      throw new VigieError('unauthorized', 'cannot sign in: this token is unknown or may not read');
    }
    response.cookie(SESSION_COOKIE, body.data.token, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      path: '/',
    });
    response.status(204).end();
  });
}
