import { pipeline } from 'node:stream/promises';
import { type RequestHandler, Router } from 'express';
import type { Snapshots } from '../upkeep/snapshots.ts';
import { refuseForeignOrigin } from './guard.ts';

/**
 * `POST /api/vigie/backup`: the whole database as it is now, as one file. Its SHA-256 is in `repr-digest` (RFC 9530). A post,
 * because it takes the server's disk and time.
 */
export function backupRoutes(snapshots: Snapshots, admin: RequestHandler): Router {
  return Router().post('/api/vigie/backup', admin, async (request, response) => {
    refuseForeignOrigin(request);
    const { file, bytes, digest } = await snapshots.take();
    response.setHeader('content-type', 'application/vnd.sqlite3');
    response.setHeader('content-length', bytes);
    response.setHeader('content-disposition', 'attachment; filename="vigie.sqlite"');
    response.setHeader('repr-digest', `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`);
    try {
      await pipeline(file.createReadStream(), response);
    } catch (error) {
      // Whoever asked went away.
      if (!response.destroyed) throw error;
    }
  });
}
