import { expect, test } from 'vitest';
import { ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';

function recorded() {
  const lines: string[] = [];
  let now = 0;
  const log = createLog('part', { write: (line) => lines.push(line), clock: { now: () => ms(now) } });
  return { lines, log, wait: (time: number) => (now += time) };
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

test('debug is silent unless asked for', () => {
  const { lines, log } = recorded();
  log.debug('Detail.');
  expect(lines).toEqual([]);
});
