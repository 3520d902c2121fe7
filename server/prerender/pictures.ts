import { messageOf, VigieError } from '../model/errors.ts';
import type { ChartSpec, PageLook, PageSpec, PictureLook, Prerenderer } from '../model/prerender.ts';

export const PICTURE_FORMATS = ['png', 'svg'] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Charts as pictures and pages as files, drawn by the pages' own code. */
export interface Pictures {
  /** Rejects with `not_implemented` where this machine cannot draw PNG; SVG needs neither its fonts nor native code. */
  picture(chart: ChartSpec, look: PictureLook, format: PictureFormat): Promise<Uint8Array>;
  /** A page for a browser without scripts. */
  page(page: PageSpec, look: PageLook): Promise<string>;
  close(): Promise<void>;
}

type Skia = typeof import('@napi-rs/canvas');

/** @param bundle the built `prerender.js`. Rejects when it is not there. */
export async function loadPictures(bundle: URL): Promise<Pictures> {
  const { prerenderer } = (await import(bundle.href)) as { prerenderer: Prerenderer };
  const skia = await loadSkia();
  return {
    picture: async (chart, look, format) => {
      if (format === 'svg') return Buffer.from(prerenderer.svgChart(chart, look));
      if (typeof skia === 'string') throw new VigieError('not_implemented', skia);
      return png(prerenderer, skia, chart, look);
    },
    page: async (page, look) => prerenderer.renderPage(page, look),
    close: async () => {},
  };
}

function png(prerenderer: Prerenderer, skia: Skia, chart: ChartSpec, look: PictureLook): Uint8Array {
  const canvas = skia.createCanvas(look.width, look.height);
  const release = prerenderer.drawChart(chart, look, canvas);
  const bytes = canvas.toBuffer('image/png');
  release();
  return bytes;
}

/** The drawing module, or why this machine cannot draw PNG: it is optional, and a bare machine has no fonts. */
async function loadSkia(): Promise<Skia | string> {
  try {
    const skia = await import('@napi-rs/canvas');
    if (skia.GlobalFonts.families.length > 0) return skia;
    return 'cannot draw PNG: this machine has no font; install one, such as Debian’s fonts-dejavu-core, and start again';
  } catch (error) {
    return `cannot draw PNG: the optional package @napi-rs/canvas cannot be loaded (${messageOf(error)})`;
  }
}
