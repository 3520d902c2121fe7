import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SvgCanvas, type SvgContext } from '../../web/prerender/svg-context.ts';
import { readFont, textWidth, xmlText } from '../../web/prerender/svg-text.ts';

const drawn = (draw: (context: SvgContext) => void): string => {
  const context = new SvgCanvas(100, 50, 'p').getContext();
  draw(context);
  return context.elements();
};
const line = (context: SvgContext): void => {
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(10, 0);
  context.lineTo(10, 5);
  context.lineTo(12, 7);
};

describe('a canvas that writes SVG', () => {
  const f = (name: string, draw: (context: SvgContext) => void, want: string) =>
    test(name, () => expect(drawn(draw)).toBe(want));
  f(
    'a line',
    (c) => {
      line(c);
      c.stroke();
    },
    '<path d="M0 0H10V5L12 7" fill="none" stroke="#000000" stroke-width="1"/>',
  );
  f(
    'a dashed line',
    (c) => {
      c.setLineDash([6, 4]);
      c.strokeStyle = '#0067a3';
      line(c);
      c.stroke();
    },
    '<path d="M0 0H10V5L12 7" fill="none" stroke="#0067a3" stroke-width="1" stroke-dasharray="6 4"/>',
  );
  f(
    'a colour one can see through',
    (c) => {
      c.fillStyle = '#0067a380';
      c.fillRect(1, 2, 3, 4);
    },
    '<path d="M1 2H4V6H1Z" fill="#0067a3" fill-opacity="0.502"/>',
  );
  f(
    'points move with the paper, text turns with it',
    (c) => {
      c.translate(10, 20);
      c.save();
      c.rotate(-Math.PI / 2);
      c.fillText('up', 0, 0);
      c.restore();
      c.moveTo(1, 1);
      c.lineTo(2, 1);
      c.stroke();
    },
    '<text x="0" y="0" transform="matrix(0 -1 1 0 10 20)" font-family="sans-serif" font-size="10" fill="#000000">up</text><path d="M11 21H12" fill="none" stroke="#000000" stroke-width="1"/>',
  );
  f(
    'a clip lasts until restore, inside the one before',
    (c) => {
      c.save();
      c.rect(0, 0, 5, 5);
      c.clip();
      c.beginPath();
      c.rect(1, 1, 2, 2);
      c.clip();
      c.fill();
      c.restore();
      c.fill();
    },
    '<clipPath id="pc1"><path d="M0 0H5V5H0Z"/></clipPath><clipPath id="pc2" clip-path="url(#pc1)"><path d="M1 1H3V3H1Z"/></clipPath><path d="M1 1H3V3H1Z" fill="#000000" clip-path="url(#pc2)"/><path d="M1 1H3V3H1Z" fill="#000000"/>',
  );
  f(
    'text of others stays text',
    (c) => {
      c.textAlign = 'right';
      c.font = '600 12px "A" b';
      c.fillText('</text><script>&"', 1, 2);
    },
    `<text x="1" y="2" text-anchor="end" font-family="'A' b" font-size="12" font-weight="600" fill="#000000">&lt;/text&gt;&lt;script&gt;&amp;&quot;</text>`,
  );
  f(
    'a full circle is two halves',
    (c) => {
      c.arc(5, 5, 2, 0, 2 * Math.PI);
      c.fill();
    },
    '<path d="M7 5A2 2 0 0 1 3 5A2 2 0 0 1 7 5" fill="#000000"/>',
  );
  f(
    'nothing drawn is nothing',
    (c) => {
      c.beginPath();
      c.stroke();
      c.clearRect();
      c.restore();
    },
    '',
  );

  test('whatever is measured is text, as in a browser', () => {
    const context = new SvgCanvas(1, 1, 'p').getContext();
    expect(context.measureText(undefined).width).toBe(context.measureText('undefined').width);
    expect(context.measureText(12).width).toBeGreaterThan(0);
  });

  test('save and restore in any order leave well-formed elements', () => {
    const step = fc.constantFrom('save', 'restore', 'clip', 'fill', 'stroke', 'beginPath', 'closePath') as fc.Arbitrary<
      'save' | 'restore' | 'clip' | 'fill' | 'stroke' | 'beginPath' | 'closePath'
    >;
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const text = drawn((context) => {
          for (const name of steps) {
            context[name]();
            context.lineTo(1, 2);
          }
        });
        expect(text.replaceAll(/<clipPath[^<>]*><path[^<>]*\/><\/clipPath>|<path[^<>]*\/>/g, '')).toBe('');
      }),
      { seed: 5 },
    );
  });
});

describe('text', () => {
  const font = (css: string, size: number, weight: string, family: string) =>
    test(css, () => expect(readFont(css)).toEqual({ size, weight, family }));
  font('12px system-ui, "DejaVu Sans"', 12, '', "system-ui, 'DejaVu Sans'");
  font('normal 600 14px/1.2 x', 14, '600', 'x');
  font('bold 10.5px sans-serif', 10.5, 'bold', 'sans-serif');

  test('is as wide as its letters', () => {
    const of = (text: string): number => textWidth(text, { size: 10, weight: '', family: '' });
    expect(of('')).toBe(0);
    expect(of('iii')).toBeLessThan(of('nnn'));
    expect(of('nnn')).toBeLessThan(of('mmm'));
  });

  test('what XML does not allow is left out', () => {
    expect(xmlText('a\u0000b\u001b[31m\ud800<é😀\n')).toBe('ab[31m&lt;é😀\n');
  });
});
