import { expect, test } from 'vitest';
import { readOpenMetrics } from '../../server/remote-storage/open-metrics.ts';

function rowsOf(text: string) {
  const { write } = readOpenMetrics(text);
  let from = 0;
  return write.targets.map(({ identity }, i) => {
    const to = write.ends[i] ?? 0;
    const rows = [...write.times.slice(from, to)].map((time, k) => [time, write.values[from + k]]);
    from = to;
    return [identity.kind, identity.name, identity.labels, rows];
  });
}

test('samples with times are read as OpenMetrics and as the text format of Prometheus write them', () => {
  const read = (text: string, want: readonly unknown[]) => expect(rowsOf(text)).toEqual(want);
  read('a 1 2', [['gauge', 'a', {}, [[2000, 1]]]]);
  read('a_total 1 2', [['counter', 'a_total', {}, [[2000, 1]]]]);
  read('# TYPE a counter\na_total 1 2', [['counter', 'a_total', {}, [[2000, 1]]]]);
  read('# TYPE a_total gauge\na_total 1 2', [['gauge', 'a_total', {}, [[2000, 1]]]]);
  read('# TYPE h histogram\nh_bucket{le="+Inf"} 3 1.5', [['counter', 'h_bucket', { le: '+Inf' }, [[1500, 3]]]]);
  // Milliseconds, as Prometheus writes them.
  read('a{b="c"} 1.5e3 1700000000123', [['gauge', 'a', { b: 'c' }, [[1_700_000_000_123, 1500]]]]);
  read('a{b="c"} 1 1700000000.123', [['gauge', 'a', { b: 'c' }, [[1_700_000_000_123, 1]]]]);
  read('a 1 99999999999', [['gauge', 'a', {}, [[99_999_999_999_000, 1]]]]);
  read('a 1 100000000000', [['gauge', 'a', {}, [[100_000_000_000, 1]]]]);
  read('a 1 -1', [['gauge', 'a', {}, [[-1000, 1]]]]);
  read('a +Inf 1\na -Inf 2\na NaN 3', [
    [
      'gauge',
      'a',
      {},
      [
        [1000, Number.POSITIVE_INFINITY],
        [2000, Number.NEGATIVE_INFINITY],
        [3000, Number.NaN],
      ],
    ],
  ]);
  read('a{z="1", y="}\\"\\\\\\n#" ,} 1 2', [['gauge', 'a', { y: '}"\\\n#', z: '1' }, [[2000, 1]]]]);
  read('a 1 2 # {trace_id="x"} 0.5 1.9\n\n# HELP a b\n# EOF\n', [['gauge', 'a', {}, [[2000, 1]]]]);
  read('a 1 3\nb 9 1\na 2 2', [
    [
      'gauge',
      'a',
      {},
      [
        [2000, 2],
        [3000, 1],
      ],
    ],
    ['gauge', 'b', {}, [[1000, 9]]],
  ]);
  read('', []);
});

test('a line that is no sample costs itself, and the first is told', () => {
  const bad = (line: string, want: string) => {
    const { rows, badLines, firstBad, write } = readOpenMetrics(`a 1 2\n${line}\nb 1 2\n${line}`);
    expect({ rows, badLines, line: firstBad?.line }).toEqual({ rows: 2, badLines: 2, line: 2 });
    expect(firstBad?.cause).toContain(want);
    expect(write.unusable).toEqual(new Map([['bad_line', 2]]));
  };
  bad('a 1', 'got a sample without a time');
  bad('a', 'got a sample without a time');
  bad('a 1 # {x="y"} 1', 'got a sample without a time');
  bad('a 1 2 3', 'got words after the time');
  bad('a one 2', 'got value "one"; want a number');
  bad('a 0x1 2', 'got value "0x1"');
  bad('a 1 now', 'got time "now"');
  bad('a 1 NaN', 'got time NaN');
  bad('1a 1 2', 'got metric "1a"');
  bad('a{b="c" 1 2', 'got labels without an end');
  bad('a{b=c} 1 2', 'got labels {b=c}');
  bad('a{b="c",b="d"} 1 2', 'each name once');
  bad('a{__name__="c"} 1 2', 'got labels');
  bad('a{__proto__="c"} 1 2', 'got labels');
  bad(`a{b="${'x'.repeat(5000)}"} 1 2`, 'too long');
  bad(`a{${Array.from({ length: 33 }, (_, i) => `l${i}="x"`).join()}} 1 2`, 'got 33 labels');
});
