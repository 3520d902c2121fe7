import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { demandTokens, isLoopback, listen, parseListen } from '../../server/main/listen.ts';

test.each([
  ['127.0.0.1:8420', '127.0.0.1', 8420, true],
  ['127.8.9.1:0', '127.8.9.1', 0, true],
  ['localhost:80', 'localhost', 80, true],
  ['[::1]:65535', '::1', 65_535, true],
  ['0.0.0.0:1', '0.0.0.0', 1, false],
  ['[::]:1', '::', 1, false],
  ['127.example.org:1', '127.example.org', 1, false],
])('%s', (text, host, port, loopback) => {
  expect(parseListen(text)).toEqual({ host, port });
  expect(isLoopback(parseListen(text))).toBe(loopback);
});

test.each(['', '8420', '127.0.0.1', '127.0.0.1:65536', '::1:80', 'h:x', 'a b c:'])('%j is refused', (text) => {
  expect(() => parseListen(text)).toThrow('want "host:port"');
});

test('beyond loopback a token file is demanded, with instructions', () => {
  expect(() => demandTokens(parseListen('0.0.0.0:1'), undefined)).toThrow('--token-file tokens');
  expect(() => demandTokens(parseListen('0.0.0.0:1'), 'tokens')).not.toThrow();
  expect(() => demandTokens(parseListen('127.0.0.1:1'), undefined)).not.toThrow();
});

test('a port in use is told with the way out', async () => {
  const first = createServer();
  const second = createServer();
  try {
    const url = new URL(await listen(first, { host: '127.0.0.1', port: 0 }));
    const again = listen(second, { host: '127.0.0.1', port: Number(url.port) });
    await expect(again).rejects.toMatchObject({ code: 'address_in_use', message: expect.stringContaining('--listen') });
  } finally {
    first.close();
    second.close();
  }
});
