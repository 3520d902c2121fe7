import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { GraphData } from '../../server/model/graph.ts';
import type { PictureLook, Prerenderer } from '../../server/model/prerender.ts';
import { keyLayout, type PictureKey } from '../../web/prerender/picture-key.ts';
import { projectRoot } from '../support/project.ts';

// Styles are part of the bundle.
const bundle = pathToFileURL(join(projectRoot, 'dist/prerender/prerender.js')).href;
const { prerenderer } = (await import(bundle)) as { readonly prerenderer: Prerenderer };

const LOOK: PictureLook = { theme: 'light', language: 'en', zone: 'UTC', width: 800, height: 300, scale: 1 };
const graph = (services: readonly string[], left_out = 0): GraphData => ({
  query: 'q',
  start: 0,
  end: 60_000,
  step_secs: 60,
  time: [0, 60_000],
  left_out,
  notes: [],
  series: services.map((service) => ({ name: `{service="${service}"}`, labels: { service }, values: [1, 2] })),
});
const svg = (data: GraphData, look: Partial<PictureLook> = {}): string =>
  prerenderer.svgChart({ kind: 'graph', data }, { ...LOOK, ...look });
const texts = (picture: string): string[] =>
  [...picture.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text = '']) => text);

describe('a picture on its own names its lines', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `service-${i}`);
  const f = (name: string, data: GraphData, want: readonly string[], look?: Partial<PictureLook>) =>
    test(name, () => expect(texts(svg(data, look))).toEqual(expect.arrayContaining([...want])));
  f('three, at their ends', graph(['api', 'checkout', 'shop']), ['api', 'checkout', 'shop']);
  f('four, in a key', graph(['api', 'checkout', 'shop', 'static']), ['api', 'checkout', 'shop', 'static']);
  f('twenty', graph(many(20)), many(20));
  f('and says how many are not drawn', graph(many(20), 30), [...many(20), 'and 30 more']);
  f('in French', graph(many(20), 1), ['et 1 autre'], { language: 'fr' });
  f('and how many have no room', graph(many(20)), ['service-0', 'and 19 more'], { width: 300, height: 120 });
  f('characters that show nothing as they are written', graph(['a', 'b', 'c', 'd\u202e\u0007']), ['d\\u202e\\x07']);
  f('markup as text', graph(['a', 'b', 'c', '</text><script>']), ['&lt;/text&gt;&lt;script&gt;']);

  test('a long name is cut to its cell', () => {
    const [name] = texts(svg(graph(['x'.repeat(500), 'b', 'c', 'd']))).filter((text) => text.startsWith('xx'));
    expect(name).toMatch(/^x+…$/);
    expect(name?.length).toBeLessThan(60);
  });
});

describe('where the key stands', () => {
  const key = (count: number, left_out = 0): PictureKey => ({
    lines: Array.from({ length: count }, (_, i) => ({ name: `n${i}`, look: { color: '#000000', dash: [] } })),
    left_out,
    more: (rest) => `+${rest}`,
  });
  const measure = (text: string): number => text.length * 8;
  /** Cells are 96 px apart and rows 18 px; a third of 188 px is three rows. */
  const f = (
    count: number,
    left_out: number,
    width: number,
    want: readonly [cells: number, last: string, px: number],
  ) =>
    test(`${count} lines and ${left_out} in ${width} px`, () => {
      const { cells, height_px } = keyLayout(key(count, left_out), { width, height: 188 }, measure);
      expect([cells.length, cells.at(-1)?.text, height_px]).toEqual(want);
      for (const { x } of cells) expect(x + 80).toBeLessThanOrEqual(Math.max(80, width));
    });
  f(4, 0, 400, [4, 'n3', 26]);
  f(5, 0, 400, [5, 'n4', 44]);
  f(12, 0, 400, [12, 'n11', 62]);
  f(13, 0, 400, [12, '+2', 62]);
  f(11, 5, 400, [12, '+5', 62]);
  f(12, 5, 400, [12, '+6', 62]);
  f(4, 0, 30, [3, '+2', 62]);
});
