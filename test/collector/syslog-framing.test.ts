import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, FramingError } from '../../collector/sources/syslog/framing.ts';
import { kernelDrops } from '../../collector/sources/syslog/kernel-drops.ts';
import { allowList, syslogSchema } from '../../collector/sources/syslog-options.ts';

const MAX_BYTES = 16;

/** The frames of a stream that arrives in pieces; a cut one ends in "…". */
function framesOf(pieces: readonly (string | Buffer)[]): { frames: string[]; torn: boolean } {
  const frames: string[] = [];
  const reader = new FrameReader(MAX_BYTES, (bytes, start, end, cut) => {
    frames.push(bytes.toString('latin1', start, end) + (cut ? '…' : ''));
  });
  for (const piece of pieces) reader.feed(Buffer.from(piece));
  return { frames, torn: reader.end() };
}

describe('frames of a stream', () => {
  const cuts = (stream: string, frames: string[], torn = false): void => {
    test(JSON.stringify(stream), () => expect(framesOf([stream])).toEqual({ frames, torn }));
  };
  cuts('<1>a\n<1>b\n', ['<1>a', '<1>b']);
  cuts('<1>a\r\n<1>b\0\n', ['<1>a', '<1>b']);
  cuts('<1>a\n\n\r\n<1>b', ['<1>a', '<1>b']);
  cuts('4 <1>a4 <1>b', ['<1>a', '<1>b']);
  cuts('4 <1>a\n4 <1>b\n', ['<1>a', '<1>b']);
  cuts('5 <1>\na', ['<1>\na']);
  cuts('4 <1>a9 <1>b', ['<1>a', '<1>b'], true);
  cuts('4 <1>a9 ', ['<1>a'], true);
  cuts('16 0123456789abcdef', ['0123456789abcdef']);
  cuts('17 0123456789abcdefg4 <1>a', ['0123456789abcdef…', '<1>a']);
  cuts('<0123456789abcde\n', ['<0123456789abcde']);
  cuts('<0123456789abcdef\n<1>a\n', ['<0123456789abcde…', '<1>a']);
  cuts('', []);

  test.each(['1x <1>a', '4 <1>ax <1>b', '01 a', '999999999 a', '4<1>a abcdefghi'])('%j is refused', (stream) => {
    expect(() => framesOf([stream])).toThrow(FramingError);
  });

  test('however the stream is cut into pieces, the frames are the same', () => {
    const frame = fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom('a', '<', ' ', '1', 'é') });
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.nat(30)), fc.boolean(), (texts, sizes, counted) => {
        const stream = Buffer.concat(texts.map((text) => Buffer.from(counted ? countedFrame(text) : `<${text}\n`)));
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = 1 + (sizes[i % Math.max(1, sizes.length)] ?? 0);
          pieces.push(stream.subarray(at, at + size));
          at += size;
        }
        expect(framesOf(pieces)).toEqual(framesOf([stream]));
        expect(framesOf([stream]).frames.length).toBe(texts.length);
      }),
    );
  });
});

function countedFrame(text: string): string {
  return `${Buffer.byteLength(text)} ${text}`;
}

test('the kernel tells its drops by port', () => {
  const table = [
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
    ' 1024: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0000000000000000 17',
    ' 1025: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0000000000000000 4',
    ' 1026: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3 2 0000000000000000 99',
    '',
  ].join('\n');
  expect(kernelDrops(table, 5514)).toBe(21);
  expect(kernelDrops('', 5514)).toBe(0);
});

describe('who may send', () => {
  const allows = (networks: string[], peer: string, want: boolean): void => {
    test(`${peer} to ${networks.join(' ') || 'everybody'}`, () => expect(allowList(networks)(peer)).toBe(want));
  };
  allows([], '127.0.0.1', true);
  allows(['192.0.2.0/24'], '192.0.2.255', true);
  allows(['192.0.2.0/24'], '192.0.3.0', false);
  allows(['192.0.2.7'], '192.0.2.7', true);
  allows(['192.0.2.7'], '::ffff:192.0.2.7', true);
  allows(['2001:db8::/32'], '2001:db8:ffff::1', true);
  allows(['2001:db8::/32'], '2001:db9::1', false);
  allows(['fe80::/10'], 'fe80::1%eth0', true);
  allows(['192.0.2.0/24'], '::1', false);
});

describe('what a configuration may say', () => {
  const accepts = (options: object, want: boolean): void => {
    test(JSON.stringify(options), () => {
      expect(syslogSchema.safeParse({ type: 'syslog', ...options }).success).toBe(want);
    });
  };
  accepts({}, true);
  accepts({ address: '0.0.0.0:5514' }, false);
  accepts({ address: '[::]:5514' }, false);
  accepts({ address: '0.0.0.0:5514', allow: ['10.0.0.0/8'] }, true);
  accepts({ address: '[::1]:5514' }, true);
  accepts({ address: 'localhost:5514' }, false);
  accepts({ address: '127.0.0.1:65535' }, true);
  accepts({ address: '127.0.0.1:65536' }, false);
  accepts({ address: '127.0.0.256:5514' }, false);
  accepts({ address: '::1:5514' }, false);
  accepts({ address: '[127.0.0.1]:5514' }, false);
  accepts({ allow: ['10.0.0.0/33'] }, false);
  accepts({ allow: ['everybody'] }, false);
  accepts({ timezone: 'Europe/Paris' }, true);
  accepts({ timezone: 'Mars/Olympus' }, false);
  accepts({ mode: [] }, false);
  accepts({ max_message: '479B' }, false);
  accepts({ max_message: '480B' }, true);
});
