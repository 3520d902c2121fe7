import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Positions } from '../../collector/delivery/span.ts';
import { idOf } from '../../collector/sources/file/identity.ts';
import {
  advanced,
  type FilePosition,
  positionKey,
  positionValue,
  startOf,
} from '../../collector/sources/file/position.ts';
import { endsAt } from '../../collector/sources/file/read-ends.ts';
import { claimFiles, replayFiles } from '../../collector/sources/file/replay.ts';

let folder: string;
let log: string;
let losses: number[];

const LINE = 100;
const linesOf = (name: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `${name} ${i} `.padEnd(LINE - 1, '.'))
    .join('\n')
    .concat('\n');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-replay-'));
  log = join(folder, 'shop.log');
  losses = [];
  writeFileSync(log, linesOf('first', 10));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The position behind this many lines of a file, as a run commits it. */
function behind(lines: number, path = log): FilePosition {
  const stats = statSync(path, { bigint: true });
  const { size, mtimeMs } = statSync(path);
  const start = startOf(idOf(stats), { path, base: log, generation: 0, size, seen_ms: mtimeMs, state: 'reading' });
  const fd = openSync(path, 'r');
  try {
    return advanced(start, endsAt(fd, lines * LINE));
  } finally {
    closeSync(fd);
  }
}

const asPositions = (...positions: FilePosition[]): Positions =>
  Object.fromEntries(
    positions.map((position) => [positionKey(position, position.generation), positionValue(position)]),
  );

const waitingOf = (from: FilePosition, to: FilePosition, isApplied = false) => ({
  span: { before: asPositions(from), after: asPositions(to), drops: {} },
  isApplied,
});

/** Lines 3 to 6 wait, everything before was acknowledged; then `happens`, and the server stands at `server`. */
function ask(
  happens: () => void,
  server: (at: (lines: number) => FilePosition) => Positions,
  { isApplied = false, readFrom = 'beginning' as 'beginning' | 'end', pattern = '' } = {},
) {
  const known = new Map([0, 2, 4, 6, 8].map((lines) => [lines, behind(lines)]));
  const at = (lines: number): FilePosition => known.get(lines) ?? behind(lines);
  const waiting = [waitingOf(at(2), at(6), isApplied)];
  const question = { server: server(at), local: asPositions(at(6)), waiting };
  happens();
  const onLoss = (_path: string, bytes: number): void => {
    losses.push(bytes);
  };
  const answer = replayFiles(question, { include: [log + pattern], exclude: [], readFrom, maxLineBytes: 1000, onLoss });
  return { ...answer, isSent: answer.resend.length > 0, stays: answer.positions === question.local, question };
}

const nothing = (): void => {};
const none = (): Positions => ({});
const remove = (): void => rmSync(log);
const rotate = (): void => {
  renameSync(log, `${log}.1`);
  writeFileSync(log, linesOf('second', 3));
};
const truncate = (): void => {
  truncateSync(log);
  writeFileSync(log, linesOf('second', 3));
};
const copyTruncate = (): void => {
  copyFileSync(log, `${log}.1`);
  truncate();
};

describe('a batch that waits is sent again only when a run would not read its lines again', () => {
  const f = (what: string, isSent: boolean, lost: readonly number[], ...args: Parameters<typeof ask>): void => {
    test(what, () => expect([ask(...args).isSent, losses]).toEqual([isSent, lost]));
  };
  f('the server lost everything, the file is there', false, [], nothing, none);
  f('the server stands before it, the file is there', false, [], nothing, (at) => asPositions(at(0)));
  f('the server stands behind it, the file is there', false, [], nothing, (at) => asPositions(at(8)));
  f('the server lost everything, the file is gone', true, [], remove, none);
  f('the same, but the server holds as many batches', false, [], remove, none, { isApplied: true });
  f('the server stands right before it, the file is gone', true, [], remove, (at) => asPositions(at(2)));
  f('the same, whatever it says of batches', true, [], remove, (at) => asPositions(at(2)), { isApplied: true });
  f('the server stands behind it, the file is gone', false, [], remove, (at) => asPositions(at(6)));
  f('the server stands inside of it, the file is gone', false, [2 * LINE], remove, (at) => asPositions(at(4)));
  f('rotated by rename, the server knows the file', false, [], rotate, (at) => asPositions(at(2)));
  f('rotated by rename, to a server that lost everything it is history', true, [], rotate, none);
  f('rotated by rename, and the pattern asks for both', false, [], rotate, none, { pattern: '*' });
  f('rotated by copy, the server knows the file', false, [], copyTruncate, (at) => asPositions(at(2)));
  f('truncated without a copy', true, [], truncate, (at) => asPositions(at(2)));
});

test('what only we know of is read on from where we stand; what is gone is not told', () => {
  const rotated = ask(rotate, none);
  expect(rotated.positions).toEqual(rotated.question.local);
  rmSync(`${log}.1`);
  writeFileSync(log, linesOf('third', 10));
  const gone = ask(remove, none, { isApplied: true });
  expect(gone.positions).toEqual({});
});

test('a source that begins at the end stays, unless the server knows better', () => {
  expect(ask(nothing, none, { readFrom: 'end' })).toMatchObject({ stays: true, isSent: true });
  expect(ask(nothing, (at) => asPositions(at(0)), { readFrom: 'end' })).toMatchObject({ stays: false, isSent: false });
});

test('positions are claimed by the path they were written at, or by the file itself', () => {
  const positions = asPositions(behind(4));
  expect(claimFiles(positions, [log], [])).toEqual(positions);
  expect(claimFiles(positions, [join(folder, '*.log')], [log])).toEqual({});
  const elsewhere = join(folder, 'moved.txt');
  renameSync(log, elsewhere);
  const [[key, value] = ['', {}]] = Object.entries(claimFiles(positions, [elsewhere], []));
  expect(Object.keys(positions)).toEqual([key]);
  expect(value).toMatchObject({ path: elsewhere, base: elsewhere, offset: 4 * LINE });
  expect(readFileSync(elsewhere, 'utf8')).toContain('first 4');
  expect(claimFiles({ complete_to: 7 }, [elsewhere], [])).toEqual({});
});
