import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparedWindows, markedRelease } from '../../rules/history/release.ts';
import { answerErrors } from '../../server/api/answers.ts';
import { releaseRoutes } from '../../server/api/releases.ts';
import { openEngine } from '../../server/engine/engine.ts';
import { createSloService } from '../../server/evaluation/create-slo-service.ts';
import { ReleaseBook } from '../../server/evaluation/release-book.ts';
import { createReleaseService } from '../../server/evaluation/release-service.ts';
import type { SloService } from '../../server/evaluation/slo-service.ts';
import type { Release, ReleaseComparison, ReleasesAnswer } from '../../server/model/releases.ts';
import type { ErrorBody } from '../../server/model/status.ts';
import { DAY, HOUR, MINUTE, type Ms, ms } from '../../server/model/units.ts';
import { createLog } from '../../server/runtime/log.ts';
import { countedEvents, Queue } from '../store/batches.ts';
import { memoryDocuments } from '../support/memory-documents.ts';

/** A whole hour. */
const NOW = ms(1_800_000_000_000);
const log = createLog('test', { write: () => {} });
const folder = mkdtempSync(join(tmpdir(), 'vigie-releases-'));
const engine = openEngine({ dataDir: join(folder, 'data'), clock: { now: () => NOW }, log });
let slos: SloService;
let book: ReleaseBook;
let url = '';
let stop: () => void;
let now: Ms = NOW;

/** Each minute 100 requests, of which two fail in the last half hour: v2 went out then, and v1 two hours ago. */
const MINUTES = 300;
const V1 = NOW - 2 * HOUR;
const V2 = NOW - 30 * MINUTE;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  const measured = 'window: 7d, availability: {total: all_total, bad: bad_total}';
  const definitions = ['shop', 'cart'].map((id) => `  - {id: ${id}, service: ${id}, objective: 99%, ${measured}}\n`);
  writeFileSync(join(folder, 'slos', 'slos.yaml'), `slos:\n${definitions.join('')}`);
  await send();
  const clock = { now: (): Ms => now };
  book = await ReleaseBook.open(engine);
  const service = createSloService({ engine, folder: join(folder, 'slos'), proposed: [], releases: book, clock, log });
  slos = service;
  const releases = createReleaseService({ book, slos, clock, log });
  const app = express().use(
    releaseRoutes(releases, (_request, _response, next) => next()),
    answerErrors(log),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/vigie/releases`;
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
  const rows = Array.from({ length: MINUTES }, (_, i) => {
    const time = (NOW - i * MINUTE) / 1000;
    return [[0, time, 100] as const, ...(i < 30 ? [[1, time, 2] as const] : [])];
  }).flat();
  await new Queue().deliver(engine, countedEvents(rows, NOW), NOW);
}

const ask = async <T>(method = 'GET', path = '', body?: unknown): Promise<{ status: number; body: T }> => {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url + path, { method, ...init });
  return { status: response.status, body: (await response.json()) as T };
};

const V2_REQUEST = { service: 'shop', version: 'v2', time: V2, by: 'ada', note: '<b>faster</b>' };

describe('a release from beginning to end', () => {
  test('marked twice it is one, and it is there after a restart', async () => {
    const first = await ask<Release>('POST', '', V2_REQUEST);
    const again = await ask<Release>('POST', '', { ...V2_REQUEST, by: 'eve' });
    expect(first.body).toMatchObject(V2_REQUEST);
    expect(again.body).toEqual(first.body);
    await ask('POST', '', { ...V2_REQUEST, version: 'v1', time: V1 });
    expect((await ask<ReleasesAnswer>()).body.releases.map(({ version }) => version)).toEqual(['v2', 'v1']);
    expect((await ReleaseBook.open(engine)).of()).toEqual(book.of());
  });

  test('a job tried again within ten minutes, without a time, marks the same', async () => {
    now = ms(NOW + DAY);
    const request = { service: 'other', version: 'v9', by: 'ci' };
    const first = await ask<Release>('POST', '', request);
    now = ms(now + 9 * MINUTE);
    expect((await ask<Release>('POST', '', request)).body).toEqual(first.body);
    now = ms(now + 2 * MINUTE);
    expect((await ask<Release>('POST', '', request)).body.id).not.toBe(first.body.id);
    expect((await ask<ReleasesAnswer>('GET', '?service=other')).body.releases).toHaveLength(2);
    now = NOW;
  });

  test('is compared with as long a time before it, for each SLO of its service', async () => {
    const { body } = await ask<ReleaseComparison>('GET', '/v2');
    expect(body.slos).toEqual([
      {
        id: 'shop',
        objective: 0.99,
        compared: {
          span_secs: 1800,
          before: { total: 3000, bad: 0, attained: 1, rate: 0 },
          after: { total: 3000, bad: 60, attained: 0.98, rate: 2 },
        },
      },
    ]);
  });

  test('an earlier one reaches no further than the next', async () => {
    const { body } = await ask<ReleaseComparison>('GET', '/v1');
    const [{ compared } = { compared: undefined }] = body.slos;
    expect(compared).toMatchObject({ span_secs: 5400, before: { total: 9000 }, after: { total: 9000, bad: 0 } });
  });

  test('is on the page of the SLOs of its service alone', async () => {
    const { releases = [] } = await slos.detail('shop', {});
    expect(releases.map(({ version, compared }) => [version, compared?.after.bad])).toEqual([
      ['v2', 60],
      ['v1', 0],
    ]);
    expect((await slos.detail('cart', {})).releases).toBeUndefined();
  });

  test('a version of two services is neither without its id', async () => {
    const other = await ask<Release>('POST', '', { ...V2_REQUEST, service: 'cart' });
    const { status, body } = await ask<ErrorBody>('GET', '/v2');
    expect([status, body.error.message]).toEqual([409, expect.stringContaining(`${other.body.id} of cart`)]);
    expect((await ask<ReleaseComparison>('GET', `/${other.body.id}`)).body.slos.map(({ id }) => id)).toEqual(['cart']);
  });

  test('one that nobody marked is not found', async () => {
    const { status, body } = await ask<ErrorBody>('GET', '/v7');
    expect([status, body.error.message]).toEqual([404, expect.stringContaining('cannot find release "v7"')]);
  });
});

describe('a request', () => {
  const refused = (what: string, body: unknown, want: string) =>
    test(`${what} is refused`, () => expect(() => markedRelease(body, [], NOW)).toThrow(want));
  const request = { service: 'shop', version: 'v1', by: 'ada' };
  refused('no version', { ...request, version: ' ' }, 'version: got " "; want a version');
  refused('no service', { ...request, service: undefined }, 'service: missing; want the name of a service');
  refused('a day ahead', { ...request, time: NOW + DAY }, 'want at most ten minutes from now');
  refused('three years ago', { ...request, time: NOW - 1095 * DAY }, 'want at most two years ago');
  refused(
    'a time beyond every date',
    { ...request, time: 9e15 },
    'time: got 9000000000000000; want ms since the epoch',
  );
  refused('more than was asked', { ...request, env: 'prod' }, 'unknown key "env"; want one of service');
  refused('no object', null, 'cannot mark the release');

  test('one that could not be saved does not count', async () => {
    const documents = memoryDocuments();
    const own = await ReleaseBook.open(documents);
    documents.full(true);
    await expect(own.mark(request, NOW)).rejects.toThrow('disk is full');
    expect(own.of()).toEqual([]);
  });

  test('two at once are one', async () => {
    const own = await ReleaseBook.open(memoryDocuments());
    await Promise.all([own.mark(request, NOW), own.mark(request, NOW)]);
    expect(own.of()).toHaveLength(1);
  });
});

describe('the spans compared', () => {
  const f = (what: string, knownTo: number, next: number | undefined, want: readonly number[] | undefined) =>
    test(what, () => {
      const pair = comparedWindows(NOW, ms(NOW + knownTo), next === undefined ? undefined : ms(NOW + next));
      expect(pair?.flatMap(({ start, end }) => [start - NOW, end - NOW])).toEqual(want);
    });
  f('nothing is known yet', 9_999, undefined, undefined);
  f('ten seconds', 10_000, undefined, [-10_000, 0, 0, 10_000]);
  f('a day at most', 3 * DAY, undefined, [-DAY, 0, 0, DAY]);
  f('up to the next', DAY, HOUR, [-HOUR, 0, 0, HOUR]);
  f('nothing after a clock that went back', -HOUR, undefined, undefined);
});
