import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';

function recorded() {
  const lines: string[] = [];
  let elapsed = 0;
  let clock = 0;
  const log = createLog('part', {
    write: (line) => lines.push(line),
    clock: { now: () => ms(clock) },
    elapsed: () => elapsed,
  });
  return { lines, log, wait: (time: number) => (elapsed += time), setClock: (time: number) => (clock = time) };
}

test('a line has time, level, component, sentence and fields', () => {
  const { lines, log } = recorded();
  log.warn('Cannot read a file.', { path: '/a b', tries: 2, left: undefined });
  expect(lines).toEqual(['1970-01-01T00:00:00.000Z WARN  part: Cannot read a file. path="/a b" tries=2\n']);
});

test('nothing in a field reaches the terminal as a command', () => {
  const { lines, log } = recorded();
  log.info('Read.', { line: '\u001b[2J\u009b1m\u202eevil\n' });
  expect(lines[0]).toContain('line="\\u001b[2J\\u009b1m\\u202eevil\\n"');
});

test('a repeated sentence is written once in ten seconds, then says how many were left out', () => {
  const { lines, log, wait } = recorded();
  for (let i = 0; i < 5; i++) log.error('Full.');
  expect(lines).toHaveLength(1);
  wait(10_000);
  log.error('Full.');
  expect(lines[1]).toContain('Full. repeated=4');
});

test('a clock that is set back silences nothing', () => {
  const { lines, log, wait, setClock } = recorded();
  setClock(86_400_000);
  log.error('Full.');
  setClock(0);
  wait(10_000);
  log.error('Full.');
  expect(lines).toHaveLength(2);
});

test('one sentence about several things is written for each', () => {
  const { lines, log } = recorded();
  for (const path of ['/a', '/b', '/a']) log.error('Lines were lost.', { path, bytes: lines.length });
  for (const receiver of ['pager', 'team', 'team']) log.error('A notification is given up.', { receiver });
  expect(lines.map((line) => /(?:path|receiver)="(.*?)"/.exec(line)?.[1])).toEqual(['/a', '/b', 'pager', 'team']);
});

test('as many things as somebody likes are written for some, and remembered by none for ever', () => {
  const { lines, log, wait } = recorded();
  const ask = (from: number) => {
    for (let i = from; i < from + 1000; i++) log.error('Cannot answer a request.', { path: `/${i}` });
  };
  ask(0);
  expect(lines.length).toBeLessThan(300);
  const first = lines.length;
  wait(10_000);
  ask(1000);
  expect(lines.length).toBeLessThanOrEqual(2 * first + 1);
  expect(lines.length).toBeGreaterThan(first);
});

test('debug is silent unless asked for', () => {
  const { lines, log } = recorded();
  log.debug('Detail.');
  expect(lines).toEqual([]);
});
