import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { ChartSpec, PictureLook } from '../../server/model/prerender.ts';
import { projectRoot } from '../support/project.ts';

const built = (path: string): URL => pathToFileURL(join(projectRoot, 'dist', path));
const LOOK: PictureLook = { theme: 'light', language: 'en', zone: 'UTC', width: 300, height: 150, scale: 1 };
const data = { query: 'up', start: 0, end: 60_000, step_secs: 60, left_out: 0, notes: [] };
const CHART: ChartSpec = {
  kind: 'graph',
  data: { ...data, time: [0, 60_000], series: [{ name: 'up', labels: {}, values: [1, 2] }] },
};

test('the drawing thread starts with the first question, answers many at once, and starts again after it ended', async () => {
  const { remotePictures } = (await import(
    built('server/prerender/remote-pictures.js').href
  )) as typeof import('../../server/prerender/remote-pictures.ts');
  const pictures = remotePictures(built('prerender/prerender.js'));
  const draw = async (): Promise<string> => Buffer.from(await pictures.picture(CHART, LOOK, 'svg')).toString();
  const [first, ...others] = await Promise.all([draw(), draw(), draw()]);
  expect(first).toContain('<title id="ct">up</title>');
  for (const other of others) expect(other).toBe(first);
  const many = await Promise.allSettled(Array.from({ length: 80 }, draw));
  const refused = many.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(16);
  expect(String(refused.map((answer) => 'reason' in answer && answer.reason)[0])).toContain('64 drawings wait');
  await pictures.close();
  expect(await draw()).toBe(first);
  await pictures.close();
});

test('a bundle that is not there is told, and asked for again', async () => {
  const { remotePictures } = (await import(
    built('server/prerender/remote-pictures.js').href
  )) as typeof import('../../server/prerender/remote-pictures.ts');
  const pictures = remotePictures(built('prerender/none.js'));
  for (let i = 0; i < 2; i++) await expect(pictures.picture(CHART, LOOK, 'svg')).rejects.toThrow(/none\.js/);
  await pictures.close();
});
