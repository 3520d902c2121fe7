import { describe, expect, test } from 'vitest';
import type { WebLogReport } from '../../server/model/web-log.ts';
import { webLogWords } from '../../server/model/words/web-log.ts';
import { LANGUAGES } from '../../server/model/words/words.ts';
import { ReportMerge } from '../../server/store/web-log/report-merge.ts';
import { formatReport } from '../../server/web-log/report-formats.ts';
import { seeded } from '../support/random.ts';
import { hitsOf, type LoggedRequest, lineOf, randomRequests } from './requests.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '&amp;</td></table>',
  '\\x1b[2J\\x1b]0;pwned\\x07',
  '\\xe2\\x80\\xaeevil',
  '\\xd8\\xb1\\xd8\\xaa\\xd9\\x84',
  '\\x00\\r\\n',
  '\\xff\\xfe',
  '=HYPERLINK(1)',
  '@SUM(1)',
  'a,b\\"c',
];

const base: LoggedRequest = {
  vhost: '',
  host: '10.0.0.1',
  time: Date.UTC(2015, 4, 17, 10),
  method: 'GET',
  url: '/',
  status: 404,
  bytes: 10,
  referrer: '',
  agent: '',
};

function reportOf(requests: readonly LoggedRequest[], limit = 30, more: Partial<WebLogReport> = {}): WebLogReport {
  const merge = new ReportMerge();
  for (const hits of hitsOf(requests.map(lineOf))) merge.addHits(hits);
  return { ...merge.report({ limit }), ...more };
}

const hostile = reportOf(
  HOSTILE.map((text) => ({ ...base, url: `/${text.replaceAll(' ', '+')}`, referrer: text, agent: text })),
  30,
  {
    service: '<b>shop</b>',
    lines: {
      files: ['<i>\u001b[1m.log'],
      bytes: 1,
      read: 12,
      empty: 0,
      unparseable: 1,
      ahead: 2,
      first_failure: { file: '<u>', line: 7, note: 'column 1: want <time>' },
    },
  },
);
const usual = reportOf(randomRequests(seeded(3), 400));

describe('lines written by strangers', () => {
  test.each(LANGUAGES)('come out of the page (%s) as text', (language) => {
    const page = formatReport(hostile, 'html', language);
    const tags = new Set([...page.matchAll(/<([a-zA-Z!/][^\s>/]*)/g)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => ['script', 'img', 'i', 'b', 'u'].includes(tag!))).toEqual([]);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('&lt;b&gt;shop&lt;/b&gt;');
    expect(page).not.toMatch(/\son\w+=["'][^"']/);
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<\/table>/g)?.length);
  });

  test.each(LANGUAGES)('cannot move a terminal (%s)', (language) => {
    const text = formatReport(hostile, 'txt', language);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('\\u{1b}[2J');
    expect(text).toContain('\\u{202e}evil');
  });

  test('are no formulas, and one cell each', () => {
    const cells = parseCsv(formatReport(hostile, 'csv', 'en'));
    expect(cells.every((row) => row.length === cells[0]!.length)).toBe(true);
    expect(cells.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(cells.filter(([table]) => table === 'agent').map(([, key]) => key)).toContain('a,b"c');
  });

  test('are in the JSON as they are', () => {
    expect(JSON.parse(formatReport(hostile, 'json', 'en'))).toEqual(JSON.parse(JSON.stringify(hostile)));
  });
});

describe('the page', () => {
  test('is one file below 300 kB at its usual size, without a script or a request', () => {
    const wide = Array.from({ length: 600 }, (_, i) => {
      return {
        ...base,
        status: i % 2 ? 404 : 200,
        url: `/${i}/${'x'.repeat(90)}`,
        referrer: `http://${i}.example/${'y'.repeat(90)}`,
        host: `10.0.1.${i}`,
        agent: `${i} ${'z'.repeat(120)}`,
      };
    });
    const page = formatReport(reportOf(wide), 'html', 'fr');
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
    expect(page).not.toMatch(/<script|src=|href="(?!#)|url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });

  test('links to every table it has', () => {
    const page = formatReport(usual, 'html', 'en');
    const links = [...page.matchAll(/href="#(\w+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(9);
    for (const id of links) expect(page).toContain(`<h2 id="${id}">`);
  });
});

describe('words', () => {
  test('both languages have the same arguments', () => {
    const names = /\{(files|read|empty|unparseable|file|line|note|ahead|rows|days|from|to|service|error)\b/g;
    const args = (message: string): string[] => [...new Set(message.match(names))].sort();
    for (const [word, message] of Object.entries(webLogWords.en)) {
      expect(args(webLogWords.fr[word as keyof typeof webLogWords.fr]), word).toEqual(args(message));
    }
  });

  test('an empty report says so', () => {
    expect(formatReport(reportOf([]), 'txt', 'en')).toContain('No request in this range.');
    expect(formatReport(reportOf([]), 'html', 'fr')).toContain('Aucune requête');
  });

  test('the text is aligned: in a table every row has its figures under their heads', () => {
    const text = formatReport(usual, 'txt', 'en');
    const [, table] = text.split('Status codes\n------------\n');
    const [head, ...rows] = table!.split('\n\n')[0]!.split('\n');
    const end = head!.indexOf('Requests') + 'Requests'.length;
    for (const row of rows) expect(row.slice(0, end)).toMatch(/\d$/);
  });

  test('visitors that are estimated are marked, with their error', () => {
    const estimated = { ...usual, visitors: { estimate: 12_345, standard_error: 0.0081 } };
    expect(formatReport(estimated, 'txt', 'en')).toMatch(/≈.12,345 .*standard error 0\.81%/);
    expect(formatReport(usual, 'txt', 'en')).not.toContain('≈');
  });
});

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}
