import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import type { LogLine, LogTail } from '../../server/model/logs.ts';
import { ms } from '../../server/model/units.ts';
import { chosen, histogramBars, moveChoice } from '../../web/logs/histogram-bars.ts';
import { filterParams, type LogSearch, readLogSearch, withLabel, writeLogSearch } from '../../web/logs/log-search.ts';
import { bothMarks, patternMarks, textMarks } from '../../web/logs/matches.ts';
import { MAX_TAIL_LINES, reduceTail, TAIL_START } from '../../web/logs/tail-state.ts';
import { excerpt, visibleSegments, visibleText } from '../../web/logs/visible-text.ts';

/** Without half a character. */
const wellFormed = (text: string) => !/\p{Surrogate}/u.test(text);

describe('what people see of a line', () => {
  const f = (name: string, text: string, want: string) => test(name, () => expect(visibleText(text)).toBe(want));
  f('letters of any script stay', 'déjà vu – שלום – 日本 – 👍️', 'déjà vu – שלום – 日本 – 👍️');
  f('a tab is a space', 'a\tb', 'a\tb');
  f('ANSI', '\u001b[31mred\u001b[0m', String.raw`\x1b[31mred\x1b[0m`);
  f('the one-byte CSI of C1', '\u009b31m', String.raw`\x9b31m`);
  f('line breaks', 'a\r\nb\u2028c\u0085', String.raw`a\r\nb\u2028c\x85`);
  f('zero and delete', '\0\u007f', String.raw`\x00\x7f`);
  f('right-to-left override', 'a\u202eb\u202c', String.raw`a\u202eb\u202c`);
  f('isolates and marks', '\u2066\u2069\u200f\u061c', String.raw`\u2066\u2069\u200f\u061c`);
  f('no width', 'a\u200bb\u00adc\ufeff', String.raw`a\u200bb\xadc\ufeff`);
  f('tags beyond the first plane', '\u{e0041}', String.raw`\u{e0041}`);
  f('letters that look like nothing', '\u3164\u115f', String.raw`\u3164\u115f`);

  test('nothing is lost, nothing unseen is left, whatever is marked', () => {
    const cut = fc.tuple(fc.nat(40), fc.nat(40));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), cut, (text, [a, b]) => {
        const [start, end] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
        fc.pre([start, end].every((at) => wellFormed(text.slice(0, at)) && wellFormed(text.slice(at))));
        const segments = visibleSegments(text, [{ start, end }]);
        expect(segments.map((segment) => segment.text).join('')).toBe(visibleText(text));
        expect(segments.filter((segment) => segment.text === '')).toEqual([]);
        const marked = segments.filter((segment) => segment.marked).map((segment) => segment.text);
        expect(marked.join('')).toBe(visibleText(text.slice(start, end)));
        expect(visibleText(visibleText(text))).toBe(visibleText(text));
      }),
      { seed: 7 },
    );
  });
});

describe('the excerpt of a long line', () => {
  const long = `${'a'.repeat(1000)}needle${'b'.repeat(1000)}`;
  test('begins at the beginning without a mark', () => {
    expect(excerpt(long, [])).toMatchObject({ text: 'a'.repeat(400), cutBefore: false, cutAfter: true });
  });
  test('shows the first mark wherever it is', () => {
    const { text, marks, cutBefore, cutAfter } = excerpt(long, [{ start: 1000, end: 1006 }]);
    expect(text.slice(marks[0]!.start, marks[0]!.end)).toBe('needle');
    expect([cutBefore, cutAfter]).toEqual([true, true]);
  });
  test('a short line is itself', () => {
    expect(excerpt('abc', [])).toEqual({ text: 'abc', marks: [], cutBefore: false, cutAfter: false });
  });
  test('never parts the halves of a character', () => {
    for (let i = 0; i < 3; i++) expect(wellFormed(excerpt('x'.repeat(i) + '😀'.repeat(400), []).text)).toBe(true);
  });
});

describe('marks', () => {
  const places = (marks: readonly { start: number; end: number }[]) => marks.map(({ start, end }) => [start, end]);
  test('upper and lower case are alike', () => {
    expect(places(textMarks('Ab')('ab xAB'))).toEqual([
      [0, 2],
      [4, 6],
    ]);
  });
  test('marks do not overlap', () =>
    expect(places(textMarks('aa')('aaaaa'))).toEqual([
      [0, 2],
      [2, 4],
    ]));
  test('nothing searched marks nothing', () => expect(textMarks('')('abc')).toEqual([]));
  test('a pattern that matches nothing marks nothing', () => {
    expect(places(patternMarks(RE2JS.compile('x*'))('axx'))).toEqual([[1, 3]]);
  });
  test('a pattern that would take for ever elsewhere does not', () => {
    expect(patternMarks(RE2JS.compile('(a+)+$'))(`${'a'.repeat(5000)}!`)).toEqual([]);
  });
  test('of both, the first place and the longer mark count', () => {
    const both = bothMarks(textMarks('bc'), patternMarks(RE2JS.compile('b.*')));
    expect(places(both('abcd'))).toEqual([[1, 4]]);
  });
});

describe('the search in the address', () => {
  const search: LogSearch = {
    range: { kind: 'fixed', start: 1_000_000, end: 2_000_000 },
    labels: [
      { name: 'service', op: '=', value: 'shop=1&"x"\\' },
      { name: 'host', op: '!=', value: 'ünï' },
    ],
    text: '<b>&',
    regex: 'a|b+',
    level: 'warning',
    follow: true,
  };
  test('reads back what it wrote', () => expect(readLogSearch(writeLogSearch(search))).toEqual(search));
  test('nothing said is the last hour of everything', () => {
    const plain = {
      range: { kind: 'last', secs: 3600 },
      labels: [],
      text: '',
      regex: '',
      level: undefined,
      follow: false,
    };
    expect(readLogSearch('')).toEqual(plain);
    expect(readLogSearch('?level=loud&label=no-name&label=9a%3Db')).toEqual(plain);
  });
  test('labels become a selector whose values are quoted', () => {
    expect(filterParams(search).get('selector')).toBe(String.raw`{service="shop=1&\"x\"\\",host!="ünï"}`);
    expect(filterParams({ ...search, labels: [] }).has('selector')).toBe(false);
  });
  const f = (name: string, had: LogSearch['labels'], added: LogSearch['labels'][number], want: number) =>
    test(name, () => expect(withLabel(had, added)).toHaveLength(want));
  const is = { name: 'a', op: '=', value: '1' } as const;
  f('another value takes the place', [is], { ...is, value: '2' }, 1);
  f('the opposite takes the place', [is], { ...is, op: '!=' }, 1);
  f('two values may both be excluded', [{ ...is, op: '!=' }], { name: 'a', op: '!=', value: '2' }, 2);
  f('another label is added', [is], { ...is, name: 'b' }, 2);
});

describe('the bars of a histogram', () => {
  const counts = { error: [1, 0, 2], warning: [0, 0, 1], info: [5, 0, 0], unknown: [0, 0, 0] };
  const histogram = { firstEnd: ms(1000), step: ms(1000), counts, scanned: { bytes: 0, blocks: 0, skipped: 0 } };
  const bars = histogramBars(histogram, { start: 500, end: 2700 });
  test('are cut to the range', () => {
    expect(bars.map(({ start, end, total }) => [start, end, total])).toEqual([
      [500, 1000, 6],
      [1000, 2000, 0],
      [2000, 2700, 3],
    ]);
  });
  test('a choice sums them, in both directions', () => {
    expect(chosen(bars, { from: 2, to: 0 })).toMatchObject({ start: 500, end: 2700, total: 9, counts: { error: 3 } });
    expect(chosen([], { from: 0, to: 0 })).toBeUndefined();
  });
  const f = (key: string, shift: boolean, choice: [number, number] | undefined, want: [number, number] | undefined) =>
    test(`${shift ? 'Shift+' : ''}${key} from ${String(choice)}`, () => {
      const from = choice && { from: choice[0], to: choice[1] };
      expect(moveChoice(key, shift, from, 3)).toEqual(want && { from: want[0], to: want[1] });
    });
  f('ArrowLeft', false, undefined, [2, 2]);
  f('ArrowLeft', false, [0, 0], [0, 0]);
  f('ArrowRight', true, [1, 1], [1, 2]);
  f('ArrowRight', true, [1, 2], [1, 2]);
  f('End', true, [0, 0], [0, 2]);
  f('Home', false, [1, 2], [0, 0]);
  f('Tab', false, [1, 2], undefined);
});

describe('following', () => {
  const line = (seq: number): LogLine => ({ seq, time: ms(seq), labels: {}, text: `line ${seq}` });
  const tail = (...seqs: number[]): LogTail => ({ lines: seqs.map(line), seq: seqs.at(-1) ?? 0, more: false });
  const seqs = (lines: readonly LogLine[]) => lines.map(({ seq }) => seq);
  test('newest first; what comes while paused waits and is none the less', () => {
    let state = reduceTail(TAIL_START, { kind: 'lines', tail: tail(1, 2), paused: false });
    state = reduceTail(state, { kind: 'lines', tail: tail(3), paused: true });
    state = reduceTail(state, { kind: 'lines', tail: tail(4), paused: true });
    expect([seqs(state.lines), seqs(state.waiting)]).toEqual([
      [2, 1],
      [4, 3],
    ]);
    state = reduceTail(state, { kind: 'resume' });
    expect([seqs(state.lines), seqs(state.waiting), state.bounded]).toEqual([[4, 3, 2, 1], [], false]);
  });
  test('the oldest give way beyond the bound, and that is told', () => {
    const many = Array.from({ length: MAX_TAIL_LINES }, (_, i) => i + 1);
    const full = reduceTail(TAIL_START, { kind: 'lines', tail: tail(...many), paused: false });
    expect(full.bounded).toBe(false);
    const over = reduceTail(full, { kind: 'lines', tail: tail(MAX_TAIL_LINES + 1), paused: false });
    expect([over.lines.length, over.lines.at(-1)?.seq, over.bounded]).toEqual([MAX_TAIL_LINES, 2, true]);
  });
});
