import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepDownload } from '../../server/main/backup.ts';
import { ms } from '../../server/model/units.ts';
import { makeBackup } from '../../server/upkeep/backup-file.ts';

const NOW = ms(Date.UTC(2026, 0, 31, 9, 5, 7, 250));
/** A process id that no process has. */
const NOBODY = 2 ** 22 + 1;

function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const write =
  (text: string) =>
  async (part: string): Promise<void> =>
    writeFileSync(part, text, { flag: 'wx' });

function target(path: string, force = false) {
  return { path, force, now: NOW };
}

test('a backup appears under its name with a checksum that sha256sum reads; a folder names it by the time', async () => {
  const folder = tempDir();
  const made = await makeBackup(target(folder), write('content'));
  expect(made.file).toBe(join(folder, 'vigie-20260131T090507Z.sqlite'));
  expect(made.bytes).toBe(7);
  expect(execFileSync('sha256sum', ['-c', `${made.file}.sha256`], { cwd: folder, encoding: 'utf8' })).toMatch(
    /: OK\n$/,
  );
  expect((await makeBackup(target(join(folder, 'x')), write('y'))).file).toBe(join(folder, 'x'));
});

test('what is there is replaced only when that is asked for, and stays whole when the new one fails', async () => {
  const file = join(tempDir(), 'shop.sqlite');
  await makeBackup(target(file), write('first'));
  const conflict = {
    code: 'conflict',
    message: expect.stringMatching(/^cannot write .*shop\.sqlite: it is there already/),
  };
  await expect(makeBackup(target(file), write('second'))).rejects.toMatchObject(conflict);
  const failing = makeBackup(target(file, true), async (part) => {
    await write('half')(part);
    throw new Error('the cable is out');
  });
  await expect(failing).rejects.toThrow(/the cable is out/);
  expect(readFileSync(file, 'utf8')).toBe('first');
  await makeBackup(target(file, true), write('second'));
  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(readdirSync(join(file, '..')).sort()).toEqual(['shop.sqlite', 'shop.sqlite.sha256']);
});

test('what killed processes left is removed by the next backup of that name, and nothing else', async () => {
  const folder = tempDir();
  const stays = ['shop.sqlite.1.part', 'shop.sqlite.old', 'other.sqlite.77.part'];
  for (const name of [...stays, `shop.sqlite.${NOBODY}.part`, `shop.sqlite.${NOBODY}.part-journal`]) {
    writeFileSync(join(folder, name), '');
  }
  await makeBackup(target(join(folder, 'shop.sqlite')), write('new'));
  expect(readdirSync(folder).sort()).toEqual([...stays, 'shop.sqlite', 'shop.sqlite.sha256'].sort());
});

test('a folder that is not there is told', async () => {
  const nowhere = makeBackup(target(join(tempDir(), 'no', 'shop.sqlite')), write(''));
  await expect(nowhere).rejects.toMatchObject({ code: 'bad_request', message: expect.stringMatching(/no folder/) });
});

test('a download whose bytes are not those the server told leaves nothing', async () => {
  const file = join(tempDir(), 'shop.sqlite');
  async function* body() {
    yield Buffer.from('torn');
  }
  const download = async () => ({ body: body(), bytes: 4, digest: '00' });
  const kept = keepDownload(download, target(file), () => {});
  await expect(kept).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(/not what the server sent/),
  });
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(join(file, '..'))).toEqual([]);
});
