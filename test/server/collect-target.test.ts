import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CollectFlags, collectTarget } from '../../server/main/collect-target.ts';
import { loadConfig } from '../../server/main/config.ts';
import { writeLogPipeline } from '../support/log-pipeline.ts';
import { freePort } from '../support/ports.ts';
import { runVigie, startVigie } from '../support/vigie-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-target-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(text: string): string {
  const cwd = mkdtempSync(join(folder, 'config-'));
  const file = join(cwd, 'vigie.yaml');
  writeFileSync(file, text);
  return file;
}

const sink = (options: string): string =>
  `sources:\n  host: {type: host_metrics}\nsinks:\n  out:\n    type: vigie\n    inputs: [host]\n${options}`;

describe('where vigie collect sends', () => {
  const sends = (what: string, config: string, flags: CollectFlags, want: CollectFlags): void => {
    test(what, () => {
      const file = write(config);
      const { tokenFile, url } = collectTarget(loadConfig(file, {}), flags);
      expect({ url, tokenFile: tokenFile?.replace(join(file, '..'), '.') }).toEqual({ tokenFile: undefined, ...want });
    });
  };
  const named = sink('    url: http://sink:1\n    token_file: keys/sink\n');
  const local = 'http://127.0.0.1:8420';
  sends('nothing is said', sink(''), {}, { url: local });
  sends('no vigie sink', '', {}, { url: local });
  sends('the sink says it', named, {}, { url: 'http://sink:1', tokenFile: './keys/sink' });
  sends('a flag is louder', named, { url: 'https://flag:2' }, { url: 'https://flag:2', tokenFile: './keys/sink' });
  sends('each for itself', named, { tokenFile: '/flag' }, { url: 'http://sink:1', tokenFile: '/flag' });
  sends("the file's own tokens", `token_file: all\n${sink('')}`, {}, { url: local, tokenFile: './all' });
  sends("the sink's before them", `token_file: all\n${named}`, {}, { url: 'http://sink:1', tokenFile: './keys/sink' });

  test.each(['10.0.0.1:8420', 'ftp://x', ''])('no address: %j', (url) => {
    expect(() => collectTarget(loadConfig(write(sink('')), {}), { url })).toThrow('want an address such as');
  });
});

describe('the real program', () => {
  test('collect takes address and token from its sink', async () => {
    const token = 'a-token-that-is-long-enough-for-anybody-0123456789';
    const url = `http://127.0.0.1:${await freePort()}`;
    const cwd = writeLogPipeline(join(folder, 'pair'), join(folder, 'empty.log'), {
      sink: { url, token_file: 'keys/token' },
    });
    mkdirSync(join(cwd, 'keys'));
    writeFileSync(join(cwd, 'keys', 'token'), `${token}\n`, { mode: 0o600 });
    writeFileSync(join(cwd, 'tokens'), `ingest,read ${token}\n`, { mode: 0o600 });
    const flags = ['--data-dir', 'server', '--listen', new URL(url).host, '--token-file', 'tokens'];
    const server = await startVigie(['serve', ...flags], cwd);
    const collector = await startVigie(['collect', '--config', join(cwd, 'vigie.yaml')], folder);
    try {
      expect(collector.url).toBe(url);
      await expect.poll(() => originsOf(url, token)).not.toEqual([]);
      expect(await originsOf(url, 'another')).toBe(401);
    } finally {
      await collector.stop();
      await server.stop();
    }
  });

  test('run refuses both, each at its line, and runs nothing', async () => {
    const file = write(sink('    url: http://sink:1\n    token_file: t\n'));
    const { code, stderr } = await runVigie(['run'], join(file, '..'));
    expect(stderr).toContain(
      'vigie.yaml:7:10: in vigie run the server is this process; use vigie collect, or remove url',
    );
    expect(stderr).toContain('vigie.yaml:8:17: ');
    expect(code).toBe(78);
  });
});

/** What the server says of its collectors, or its refusal. */
async function originsOf(url: string, token: string): Promise<unknown> {
  const response = await fetch(`${url}/api/vigie/status`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) return response.status;
  return ((await response.json()) as { origins: unknown }).origins;
}
