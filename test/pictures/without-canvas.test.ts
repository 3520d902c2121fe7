import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/project.ts';

/** The built code where its optional package is not: a folder without node_modules. */
test('without @napi-rs/canvas SVG and pages are drawn all the same, and PNG says what is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bare-'));
  try {
    const dist = join(projectRoot, 'dist');
    for (const room of ['server/prerender', 'server/model', 'prerender']) {
      cpSync(join(dist, room), join(folder, room), { recursive: true });
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'try.js'), PROGRAM);
    const run = spawnSync(process.execPath, ['try.js', pathToFileURL(join(folder, 'prerender/prerender.js')).href], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    const [svg, page, png] = run.stdout.trim().split('\n');
    expect(svg).toMatch(/^<\?xml/);
    expect(page).toBe('<!doctype html>');
    expect(png).toMatch(/^not_implemented cannot draw PNG: the optional package @napi-rs\/canvas cannot be loaded/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const PROGRAM = `
import { loadPictures } from './server/prerender/pictures.js';
const pictures = await loadPictures(new URL(process.argv[2]));
const data = { query: 'up', start: 0, end: 60000, step_secs: 60, time: [0, 60000], series: [{ name: 'up', labels: {}, values: [1, null] }], left_out: 0, notes: [] };
const look = { theme: 'light', language: 'en', zone: 'UTC', width: 400, height: 200, scale: 1 };
const first = (text) => console.log(text.split('\\n')[0]);
first(Buffer.from(await pictures.picture({ kind: 'graph', data }, look, 'svg')).toString());
first(await pictures.page({ page: 'graph', data, now: 0, version: '1' }, look));
await pictures.picture({ kind: 'graph', data }, look, 'png').catch((error) => first(error.code + ' ' + error.message));
`;
