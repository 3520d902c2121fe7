import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { WebLogReport } from '../../server/model/web-log.ts';
import { projectRoot } from '../support/project.ts';
import { seeded } from '../support/random.ts';
import { figuresOf, lineOf, randomRequests, recount } from './requests.ts';

const PROGRAM = join(projectRoot, 'server', 'cli', 'vigie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'vigie-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const requests = randomRequests(seeded(11), 3000);
const lines = requests.map(lineOf);
const textOf = (some: readonly string[]): string => some.map((line) => `${line}\n`).join('');

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(args: readonly string[], input?: string | Buffer) {
  const env = { ...process.env, NO_COLOR: '1', TZ: 'UTC' };
  const options = {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...(input === undefined ? {} : { input }),
  } as const;
  const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, 'report', ...args], options);
  // Sources changed since the last build are built first, which is told.
  return { stdout, stderr: stderr.replace(/^vigie: (?:compiling|building).*\n/gm, ''), status };
}

function jsonOf(args: readonly string[], input?: string | Buffer): WebLogReport {
  const { stdout, stderr, status } = run([...args, '--format', 'json', '--top', '100000'], input);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout) as WebLogReport;
}

describe('vigie report', () => {
  test('of several files, compressed ones and standard input is the report of all their lines', () => {
    const plain = file('a.log', textOf(lines.slice(0, 1000)));
    // Two members, as logs that were appended to while compressed; and no line end at the end.
    const packed = file(
      'b.log.2',
      Buffer.concat([gzipSync(textOf(lines.slice(1000, 1500))), gzipSync(textOf(lines.slice(1500, 2000)).trimEnd())]),
    );
    const report = jsonOf([plain, packed, '-'], textOf(lines.slice(2000)));
    expect(figuresOf(report)).toEqual(recount(requests));
    expect(report.lines).toMatchObject({ files: [plain, packed, 'stdin'], read: 3000, empty: 0, unparseable: 0 });
  });

  test('counts what cannot be read, and says where the first of it is', () => {
    const broken = [...lines.slice(0, 2), '', 'not a line', ...lines.slice(2, 4), 'x'.repeat(2_000_000), lines[4]!];
    const report = jsonOf([file('broken.log', `${textOf(broken)}torn`)]);
    expect(report.lines).toMatchObject({ read: 9, empty: 1, unparseable: 3 });
    expect(report.lines?.first_failure).toMatchObject({
      line: 4,
      note: expect.stringContaining('column 1: want a time'),
    });
    expect(figuresOf(report)).toEqual(recount(requests.slice(0, 5)));
  });

  test('of a range of days and one virtual host', () => {
    const log = file('all.log', textOf(lines));
    const report = jsonOf([log, '--vhost', 'Shop.Example', '--from', '2015-05-18', '--to', '2015-05-18']);
    const wanted = requests.filter(
      ({ vhost, time }) => vhost === 'shop.example' && new Date(time).toISOString().startsWith('2015-05-18'),
    );
    expect(wanted.length).toBeGreaterThan(100);
    expect(figuresOf(report)).toEqual(recount(wanted));
  });

  test('days begin where the zone says', () => {
    const log = file('one.log', textOf(['h - - [17/May/2015:23:30:00 +0000] "GET / HTTP/1.1" 200 1']));
    const dayOf = (zone: string): unknown[] => jsonOf([log, '--timezone', zone]).days.map(({ day }) => day);
    expect([dayOf('UTC'), dayOf('Europe/Paris'), dayOf('America/New_York')]).toEqual([
      ['2015-05-17'],
      ['2015-05-18'],
      ['2015-05-17'],
    ]);
  });

  test('writes the format of the extension', () => {
    const log = file('small.log', textOf(lines.slice(0, 50)));
    const beginnings = {
      html: '<!doctype html>\n<html lang="fr">',
      json: '{\n',
      csv: 'table,key',
      txt: 'Journal web\n',
    };
    for (const [extension, beginning] of Object.entries(beginnings)) {
      const out = join(folder, `report.${extension}`);
      expect(run([log, '-o', out, '--lang', 'fr'])).toEqual({ stdout: '', stderr: '', status: 0 });
      expect(readFileSync(out, 'utf8').startsWith(beginning), extension).toBe(true);
    }
    expect(run([log]).stdout).toMatch(/^Web log\n=+\n/);
  });

  test('an empty log is a report of nothing', () => {
    expect(jsonOf([file('empty.log', '')]).total.requests).toBe(0);
  });

  const wrong: readonly (readonly [string[], RegExp])[] = [
    [['missing.log'], /^vigie: cannot read missing\.log: there is no such file or folder\n$/],
    [['.'], /^vigie: cannot read \.: it is a folder; want a file\n$/],
    [['none.log'], /^vigie: cannot report: no line is of an access log; none\.log:1: column 1: want a time/],
    [['cut.gz'], /^vigie: cannot read cut\.gz: unexpected end of file\n$/],
    [
      ['small.log', '-o', 'report.pdf'],
      /cannot tell the format of report\.pdf: want \.html, \.json, \.csv, \.txt, or --format/,
    ],
    [['small.log', '-o', 'no/such/folder.txt'], /cannot write no\/such\/folder\.txt: there is no such file or folder/],
    [['small.log', '--timezone', 'Mars/Base'], /cannot use time zone "Mars\/Base"/],
    [['small.log', '--from', '2015-02-30'], /cannot read day "2015-02-30"/],
    [['small.log', '--top', '0'], /cannot list 0 rows/],
    [['small.log', '--lang', 'de'], /Allowed choices are en, fr/],
    [[], /missing required argument 'log'/],
  ];
  test.each(wrong)('vigie report %j fails with its reason', (args, words) => {
    file('none.log', 'this is\nno access log\n');
    file('small.log', textOf(lines.slice(0, 5)));
    file('cut.gz', gzipSync(textOf(lines)).subarray(0, 500));
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });
});
