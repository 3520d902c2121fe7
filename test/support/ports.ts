import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32768), so that none of those takes one before whoever
 * is to listen there does. Each process of a test run has a few of its own.
 */
const [FIRST, LAST] = [10_240, 32_767] as const;
const PER_PROCESS = 64;

let next = (process.pid * PER_PROCESS) % (LAST - FIRST);

/** A port of loopback that nobody listens on at this moment, and that is given to nobody else. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + (next++ % (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
