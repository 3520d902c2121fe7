import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerErrors } from '../../server/api/answers.ts';
import { exclusionRoutes } from '../../server/api/exclusions.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { ExclusionBook } from '../../server/evaluation/exclusion-book.ts';
import { createExclusionService } from '../../server/evaluation/exclusion-service.ts';
import type { SloService } from '../../server/evaluation/slo-service.ts';
import type { Exclusion, ExclusionPreview, ExclusionsAnswer, ExclusionUndo } from '../../server/model/exclusions.ts';
import type { ErrorBody } from '../../server/model/status.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';
import { memoryDocuments } from '../support/memory-documents.ts';

/** A whole hour. */
const NOW = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
const folder = mkdtempSync(join(tmpdir(), 'vigie-exclusions-api-'));
const engine = openEngine({ dataDir: join(folder, 'data'), clock: { now: () => NOW }, log });
let slos: SloService;
let url = '';
let stop: () => void;

/** A thousand requests ten minutes after the hour, of which some failed, at these hours before now. */
const HISTORY = [
  { hours: 3, bad: 0 },
  { hours: 2, bad: 50 },
  { hours: 60 * 24, bad: 10 },
];
const AT = 10 * MINUTE;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  const definitions = ['shop', 'cart'].map(
    (id) => `  - {id: ${id}, service: ${id}, owner: web, objective: 99%, window: 90d, alerts: none,
     availability: {total: all_total, bad: bad_total}}`,
  );
  writeFileSync(join(folder, 'slos', 'slos.yaml'), `slos:\n${definitions.join('\n')}\n`);
  await send();
  let ids = 0;
  const clock = { now: (): Ms => ms(NOW + ids) };
  const book = await ExclusionBook.open(engine, () => `x${++ids}`);
  const service = createSloService({
    engine,
    folder: join(folder, 'slos'),
    proposed: [],
    exclusions: book,
    clock,
    log,
  });
  slos = service;
  const exclusions = createExclusionService({ book, slos, clock, log });
  const app = express().use(
    exclusionRoutes(exclusions, (_request, _response, next) => next()),
    answerErrors(log),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/vigie/exclusions`;
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
});

afterAll(async () => {
  stop();
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function send(): Promise<void> {
  const rows = HISTORY.flatMap(({ hours, bad }) => {
    const time = (NOW - hours * HOUR + AT) / 1000;
    return [[0, time, 1000] as const, ...(bad > 0 ? [[1, time, bad] as const] : [])];
  });
  await new Queue().deliver(engine, countedEvents(rows, NOW), NOW);
}

const ask = async <T>(method = 'GET', path = '', body?: unknown): Promise<{ status: number; body: T }> => {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url + path, { method, ...init });
  return { status: response.status, body: (await response.json()) as T };
};

const badHour = { starts: NOW - 2 * HOUR, duration: '1h', reason: '<img src=x onerror=alert(1)>', author: 'ada' };

describe('an exclusion from beginning to end', () => {
  test('the preview tells the figures before and after, and changes nothing', async () => {
    const { body } = await ask<ExclusionPreview>('POST', '/preview', { ...badHour, slos: ['shop'] });
    expect(body.slos).toHaveLength(1);
    const [{ id, before, after }] = body.slos as [ExclusionPreview['slos'][number]];
    expect(id).toBe('shop');
    expect(before).toMatchObject({
      state: 'exhausted',
      objective: 0.99,
      counts: { total: 3000, bad: 60 },
      budget: { left: -30 },
    });
    expect(after).toMatchObject({ state: 'ok', counts: { total: 2000, bad: 10 }, budget: { left: 10 } });
    expect((await ask<ExclusionsAnswer>()).body.exclusions).toEqual([]);
    expect((await slos.current()).slos.map(({ counts }) => counts.bad)).toEqual([60, 60]);
  });

  test('made, it holds for the past at once, for its SLO alone, and the other figures are told beside', async () => {
    const { body } = await ask<Exclusion>('POST', '', { ...badHour, slos: ['shop'] });
    expect(body).toMatchObject({ id: 'x1', starts: NOW - 2 * HOUR, ends: NOW - HOUR, author: 'ada' });
    const [shop, cart] = (await slos.current()).slos;
    expect(shop).toMatchObject({
      counts: { total: 2000, good: 1990, bad: 10 },
      attained: 0.995,
      excluded: {
        seconds: 3600,
        counts: { total: 1000, good: 950, bad: 50 },
        otherwise: { counts: { total: 3000, bad: 60 }, budget: { left: -30 } },
        exclusions: ['x1'],
      },
    });
    expect(shop?.burns.find(({ window_secs }) => window_secs === 7200)).toMatchObject({ total: 0, bad: 0 });
    expect(cart?.counts.bad).toBe(60);
    expect(cart?.excluded).toBeUndefined();
    const { exclusions } = (await ask<ExclusionsAnswer>()).body;
    expect(exclusions).toMatchObject([{ id: 'x1', state: 'past', applies_to: ['shop'] }]);
    const detail = await slos.detail('shop', {});
    expect(detail.exclusions).toMatchObject([
      { id: 'x1', spans: [{ start: NOW - 2 * HOUR, end: NOW - HOUR }], counts: { total: 1000, bad: 50 } },
    ]);
    expect(detail.bad.reduce((sum, bad) => sum + bad, 0)).toBe(10);
    expect(detail.budget_left.at(-1)).toBeCloseTo(detail.status.budget.left_ratio ?? Number.NaN, 9);
  });

  test('undone, its events count again; both entries stay', async () => {
    const { body } = await ask<ExclusionUndo>('DELETE', '/x1', { author: 'bob', reason: 'it was our fault' });
    expect(body).toMatchObject({ exclusion: 'x1', author: 'bob', reason: 'it was our fault' });
    const [shop] = (await slos.current()).slos;
    expect(shop?.counts.bad).toBe(60);
    expect(shop?.excluded).toBeUndefined();
    const { exclusions } = (await ask<ExclusionsAnswer>()).body;
    expect(exclusions).toMatchObject([{ id: 'x1', state: 'undone', author: 'ada', undone: { author: 'bob' } }]);
    expect((await slos.detail('shop', {})).exclusions).toMatchObject([{ id: 'x1', spans: [], counts: { bad: 50 } }]);
    const reread = await ExclusionBook.open(engine, () => 'new');
    expect(reread.all).toMatchObject([{ exclusion: { id: 'x1' }, undone: { author: 'bob' } }]);
  });

  test('where only wide slots are left whole ones are left out, once, and their length is told', async () => {
    const then = NOW - 60 * DAY;
    const apart = [2, 7].map((minute) => ({
      ...badHour,
      matchers: [{ name: 'service', op: '=', value: 'shop' }],
      starts: then + minute * MINUTE,
      duration: '6m',
    }));
    const ids: string[] = [];
    for (const one of apart) ids.push((await ask<Exclusion>('POST', '', one)).body.id);
    // Two spans of 00:02 to 00:08 and 00:07 to 00:13 are one; in slots of five minutes it is 00:00 to 00:15.
    const [shop] = (await slos.current()).slos;
    expect(shop?.excluded).toMatchObject({
      seconds: 15 * 60,
      counts: { total: 1000, bad: 10 },
      exclusions: ['x3', 'x2'],
    });
    // Spans that only share a slot are taken off once as well.
    await ask('DELETE', `/${ids[1]}`, { author: 'bob' });
    await ask('POST', '', { ...badHour, slos: ['shop'], starts: then + 9 * MINUTE, duration: '1m' });
    const [again] = (await slos.current()).slos;
    expect(again?.excluded).toMatchObject({ seconds: 10 * 60, counts: { total: 1000, bad: 10 } });
    expect(again?.counts).toMatchObject({ total: 2000, bad: 50 });
  });

  test('when everything is excluded nothing is left to judge', async () => {
    await ask('POST', '', { ...badHour, slos: ['cart'], starts: NOW - 89 * DAY, duration: '89d' });
    const cart = (await slos.current()).slos.find(({ id }) => id === 'cart');
    expect(cart).toMatchObject({ state: 'no_traffic', reasons: [{ code: 'all_excluded', args: { excluded: 3000 } }] });
  });
});

describe('what is refused', () => {
  const f = (name: string, [method, path, body]: [string, string, unknown], status: number, want: string) =>
    test(name, async () => {
      const answer = await ask<ErrorBody>(method, path, body);
      expect(answer.status).toBe(status);
      expect(answer.body.error.message).toContain(want);
    });
  const good = { ...badHour, slos: ['shop'] };
  f(
    'an SLO there is not',
    ['POST', '', { ...good, slos: ['shop', 'shpo'] }],
    404,
    'cannot find SLO "shpo"; there is shop, cart',
  );
  f('the preview of it', ['POST', '/preview', { ...good, slos: ['shpo'] }], 404, 'cannot find SLO "shpo"');
  f('no reason', ['POST', '', { ...good, reason: '' }], 400, 'reason: got ""; want why');
  f('no body', ['POST', '', undefined], 400, 'cannot make exclusion');
  f('an undo of nothing', ['DELETE', '/nothing', { author: 'bob' }], 404, 'cannot find exclusion "nothing"');
  f('an undo by nobody', ['DELETE', '/x2', {}], 400, 'author: missing; want who undoes');
  f('a second undo', ['DELETE', '/x1', { author: 'eve' }], 409, 'bob undid it already');
});

describe('the book', () => {
  const written = { slos: ['shop'], duration: '1h', reason: 'drill', author: 'ada' };
  test('an exclusion that could not be saved does not count', async () => {
    const documents = memoryDocuments();
    const book = await ExclusionBook.open(documents, () => 'x');
    documents.full(true);
    await expect(book.add(written, NOW)).rejects.toThrow('disk is full');
    expect(book.all).toEqual([]);
    documents.full(false);
    await book.add(written, NOW);
    documents.full(true);
    await expect(book.undo('x', { author: 'bob' }, NOW)).rejects.toThrow('disk is full');
    expect(book.all.map(({ undone }) => undone)).toEqual([undefined]);
  });

  test('of two who undo at once the first has done it', async () => {
    const book = await ExclusionBook.open(memoryDocuments(), () => 'x');
    await book.add(written, NOW);
    const both = await Promise.allSettled(['ann', 'bob'].map((author) => book.undo('x', { author }, NOW)));
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(book.all[0]?.undone?.author).toBe('ann');
  });

  test('what no window can reach any more is forgotten with its undo, not a day before', async () => {
    const documents = memoryDocuments();
    let ids = 0;
    const book = await ExclusionBook.open(documents, () => `x${++ids}`);
    await book.add(written, NOW);
    await book.undo('x1', { author: 'bob' }, NOW);
    await book.add(written, ms(NOW + 739 * DAY));
    expect(book.all.map(({ exclusion }) => exclusion.id)).toEqual(['x2', 'x1']);
    await book.add(written, ms(NOW + 741 * DAY));
    expect(book.all.map(({ exclusion }) => exclusion.id)).toEqual(['x3', 'x2']);
    const stored = await documents.documents({ collection: 'exclusion', limit: 10 });
    expect(stored.map(({ key }) => key)).toEqual(['x3', 'x2']);
  });
});
