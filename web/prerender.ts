// What the server loads by path to draw and render without a browser; built by prerender.vite.config.ts.
import type { PageLook, Prerenderer } from '../server/model/prerender.ts';
import { chartOf, keyOf, wordsOf } from './prerender/charts.ts';
import { paint } from './prerender/paint.ts';
import { pictureTokens } from './prerender/picture-tokens.ts';
import { staticPage } from './prerender/static-page.tsx';
import { svgPicture } from './prerender/svg-picture.ts';
import { FRENCH } from './words/french.ts';
import { createSpeech, ENGLISH, type Speech } from './words/speech.ts';

/** Messages are parsed once per language and zone; only a few zones are asked for at a time. */
const MAX_SPEECHES = 8;
const speeches = new Map<string, Speech>();

export const prerenderer: Prerenderer = {
  drawChart: (spec, look, canvas) => {
    const speech = speechOf(look);
    const tokens = pictureTokens(look.theme, look.width, look.height);
    const [text, key] = [wordsOf(spec, speech), keyOf(spec, speech, tokens)];
    return paint(canvas, chartOf(spec, speech, tokens), { tokens, scale: look.scale, text, key });
  },
  svgChart: (spec, look) => {
    const { width, height, theme } = look;
    const [speech, tokens] = [speechOf(look), pictureTokens(theme, width, height)];
    const [text, key] = [wordsOf(spec, speech), keyOf(spec, speech, tokens)];
    const options = { width, height, tokens, text, headed: true, key, prefix: 'c' };
    return `<?xml version="1.0" encoding="UTF-8"?>\n${svgPicture(chartOf(spec, speech, tokens), options)}\n`;
  },
  renderPage: (page, look) => staticPage(page, look, speechOf(look)),
};

function speechOf({ language, zone }: PageLook): Speech {
  const key = `${language} ${zone}`;
  const known = speeches.get(key);
  if (known !== undefined) return known;
  const speech = createSpeech(language === 'fr' ? FRENCH : ENGLISH, zone);
  if (speeches.size >= MAX_SPEECHES) speeches.clear();
  speeches.set(key, speech);
  return speech;
}
