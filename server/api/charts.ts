import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { SloService } from '../evaluation/slo-service.ts';
import { askGraph } from '../graph/graph-service.ts';
import type { Engine } from '../model/engine.ts';
import { VigieError } from '../model/errors.ts';
import {
  type ChartSpec,
  type PageLook,
  PICTURE_THEMES,
  type PictureLook,
  SLO_CHART_NAMES,
  type SloChartName,
} from '../model/prerender.ts';
import { LANGUAGES } from '../model/words/words.ts';
import { PICTURE_FORMATS, type PictureFormat, type Pictures } from '../prerender/pictures.ts';
import type { TrafficService } from '../traffic/traffic-service.ts';
import { graphQuestion } from './graph.ts';
import { invalid, param, timeParam } from './params.ts';
import { createPictureCache } from './picture-cache.ts';
import { type KnownReleases, releaseMarks } from './release-marks.ts';
import { trafficQuestion, zoneParam } from './traffic.ts';

export interface ChartDeps {
  readonly engine: Engine;
  readonly slos: SloService;
  readonly traffic: TrafficService;
  readonly pictures: Pictures;
  /** Absent: nobody can mark a release. */
  readonly releases?: KnownReleases;
}

const TYPES: Readonly<Record<PictureFormat, string>> = { png: 'image/png', svg: 'image/svg+xml' };
const MIN_PX = 100;
const MAX_PX = 2000;
const DEFAULT_SIZE = { width: 800, height: 300 };
/** A mail or a wall screen may ask again after this without waking the server. */
const MAX_AGE_SECS = 10;

/** Every chart as a PNG or an SVG at an address that stays, for mails and wall screens. */
export function chartRoutes({ engine, slos, traffic, pictures, releases }: ChartDeps): Router {
  const router = Router();
  const answer = pictureAnswerer(pictures);
  const marks = (request: Request, range: { readonly start: number; readonly end: number }) =>
    releaseMarks({ releases: param(request, 'releases'), service: param(request, 'service') }, releases, range);
  router.get('/api/vigie/charts/traffic/:host/:device/:file', async (request, response) => {
    const { name, format } = fileOf(request);
    const asked = await traffic.detail(trafficQuestion(request, name));
    const detail = { ...asked, ...marks(request, asked) };
    await answer(request, response, { kind: 'traffic', detail, unit: unitParam(request) }, format);
  });
  router.get('/api/vigie/charts/slo/:id/:file', async (request, response) => {
    const { name, format } = fileOf(request);
    const chart = sloChartOf(name);
    const [start, end] = [timeParam(request, 'start'), timeParam(request, 'end')];
    const range = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
    const detail = await slos.detail(String(request.params.id), range);
    await answer(request, response, { kind: 'slo', chart, detail }, format);
  });
  router.get('/api/vigie/charts/:file', async (request, response) => {
    const { name, format } = fileOf(request);
    if (name !== 'graph') throw new VigieError('not_found', `cannot find chart ${JSON.stringify(name)}`);
    const asked = await askGraph(engine, graphQuestion(request, pictureLook(request).width));
    const data = { ...asked, ...marks(request, asked) };
    await answer(request, response, { kind: 'graph', data }, format);
  });
  return router;
}

/**
 * The tag of a picture is made of its data and its look: whoever has the same gets 304, and whoever asks for what was drawn
 * before, by anybody, is not waited for.
 */
function pictureAnswerer(pictures: Pictures) {
  const cache = createPictureCache();
  return async (request: Request, response: Response, chart: ChartSpec, format: PictureFormat): Promise<void> => {
    const look = pictureLook(request);
    const key = createHash('sha256')
      .update(JSON.stringify([format, look, chart]))
      .digest('base64url');
    response.setHeader('etag', `"${key}"`);
    response.setHeader('cache-control', `private, max-age=${MAX_AGE_SECS}`);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const bytes = await cache(key, () => pictures.picture(chart, look, format));
    response.type(TYPES[format]).send(Buffer.from(bytes));
  };
}

/** `day.png` is the chart `day` as `png`. */
function fileOf(request: Request): { readonly name: string; readonly format: PictureFormat } {
  const file = String(request.params.file);
  const dot = file.lastIndexOf('.');
  const format = PICTURE_FORMATS.find((candidate) => candidate === file.slice(dot + 1));
  if (format !== undefined && dot > 0) return { name: file.slice(0, dot), format };
  throw new VigieError('not_found', `cannot find chart ${JSON.stringify(file)}; want its name with .png or .svg`);
}

function sloChartOf(name: string): SloChartName {
  const chart = SLO_CHART_NAMES.find((candidate) => candidate === name);
  if (chart !== undefined) return chart;
  throw new VigieError(
    'not_found',
    `cannot find chart ${JSON.stringify(name)} of an SLO; want ${SLO_CHART_NAMES.join(', ')}`,
  );
}

function pictureLook(request: Request): PictureLook {
  return {
    ...pageLook(request),
    width: sizeParam(request, 'width', DEFAULT_SIZE.width),
    height: sizeParam(request, 'height', DEFAULT_SIZE.height),
    scale: param(request, 'scale') === '2' ? 2 : 1,
  };
}

/** Theme, language and zone: light, English and the server's when left out. */
export function pageLook(request: Request): PageLook {
  return {
    theme: choiceParam(request, 'theme', PICTURE_THEMES, 'light'),
    language: choiceParam(request, 'lang', LANGUAGES, 'en'),
    zone: zoneParam(request),
  };
}

export function unitParam(request: Request): 'bits' | 'bytes' {
  return choiceParam(request, 'unit', ['bits', 'bytes'] as const, 'bits');
}

function choiceParam<T extends string>(request: Request, name: string, choices: readonly T[], fallback: T): T {
  const text = param(request, name);
  const choice = choices.find((candidate) => candidate === (text ?? fallback));
  if (choice === undefined) throw invalid(name, `got ${JSON.stringify(text)}; want ${choices.join(' or ')}`);
  return choice;
}

function sizeParam(request: Request, name: string, fallback: number): number {
  const text = param(request, name);
  const size = text === undefined ? fallback : Number(text);
  if (Number.isInteger(size) && size >= MIN_PX && size <= MAX_PX) return size;
  throw invalid(name, `got ${JSON.stringify(text)}; want whole pixels from ${MIN_PX} to ${MAX_PX}`);
}
