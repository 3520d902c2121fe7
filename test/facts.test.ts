import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queriedBy, queriedNumber } from './support/instant-query.ts';
import { writeLogPipeline } from './support/log-pipeline.ts';
import { freePort } from './support/ports.ts';
import { seeded } from './support/random.ts';
import { startVigie, type VigieProcess } from './support/vigie-process.ts';

/** 5000 lines of a real server, counted by three other programs beforehand: every order and every way must give their numbers. */
const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data');
const LOG = join(DATA, 'apache-access-5k.log');
const FACTS = join(DATA, 'FACTS.md');
const here = [LOG, FACTS].every((path) => existsSync(path));
const SHUFFLE_SEED = 5000;
/** After the last line, and after every window below. */
const END = '2015-05-20T00:00:00Z';

interface Facts {
  readonly lines: number;
  readonly bytes: number;
  readonly status: Record<string, number>;
  readonly methods: Record<string, number>;
  /** By "2015-May-17". */
  readonly per_day: Record<string, number>;
}

const folder = mkdtempSync(join(tmpdir(), 'vigie-facts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!here)(here ? 'a real log' : 'a real log (skipped: ../shared/data is not here)', () => {
  describe.each([
    ['in its order', (lines: string[]) => lines],
    ['backwards', (lines: string[]) => lines.toReversed()],
    [`shuffled with seed ${SHUFFLE_SEED}`, shuffled],
  ])('%s, vigie run', (order, arrange) => {
    let vigie: VigieProcess;

    beforeAll(async () => {
      const log = writeLog(`${order}.log`, arrange(realLines()));
      const cwd = writeLogPipeline(join(folder, order), log);
      vigie = await startVigie(['run', '--listen', '127.0.0.1:0'], cwd);
    });

    afterAll(async () => {
      await vigie.stop();
    });

    test('equals the facts', () => equalsFacts(vigie.url));
  });

  describe('its lines by turns on two machines, vigie collect and vigie serve', () => {
    const running: VigieProcess[] = [];

    beforeAll(async () => {
      const log = writeLog('unused.log', []);
      const listen = `127.0.0.1:${await freePort()}`;
      running.push(await startVigie(['serve', '--listen', listen], writeLogPipeline(join(folder, 'server'), log)));
      for (const turn of [0, 1]) running.push(await startCollector(turn, `http://${listen}`));
    });

    afterAll(async () => {
      for (const vigie of running.reverse()) await vigie.stop();
    });

    test('equals the facts', () => equalsFacts(running[0]!.url));
  });
});

function startCollector(turn: number, server: string): Promise<VigieProcess> {
  const name = `machine-${turn}`;
  const log = writeLog(
    `${name}.log`,
    realLines().filter((_, i) => i % 2 === turn),
  );
  const cwd = writeLogPipeline(join(folder, name), log, { more: { name } });
  return startVigie(['collect', '--server', server], cwd);
}

async function equalsFacts(url: string): Promise<void> {
  const facts = readFacts();
  const requests = 'increase(http_requests_total[10d])';
  await expect.poll(() => queriedNumber(url, `sum(${requests})`, END)).toBe(facts.lines);
  expect(await queriedBy(url, 'status', `sum by (status) (${requests})`, END)).toEqual(facts.status);
  expect(await queriedBy(url, 'method', `sum by (method) (${requests})`, END)).toEqual(facts.methods);
  await expect.poll(() => queriedNumber(url, 'sum(increase(http_response_bytes_total[10d]))', END)).toBe(facts.bytes);
  expect(await perDay(url, Object.keys(facts.per_day))).toEqual(facts.per_day);
}

async function perDay(url: string, days: readonly string[]): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const day of days) {
    counted[day] = await queriedNumber(url, 'sum(increase(http_requests_total[1d]))', endOf(day));
  }
  return counted;
}

/** Midnight after "2015-May-17". */
function endOf(day: string): string {
  const midnight = new Date(`${day.replaceAll('-', ' ')} 00:00:00 UTC`);
  midnight.setUTCDate(midnight.getUTCDate() + 1);
  return midnight.toISOString();
}

function readFacts(): Facts {
  const json = /^## exact\n```json\n(.*?)\n```/ms.exec(readFileSync(FACTS, 'utf8'))?.[1];
  if (json === undefined) throw new Error(`${FACTS} has no exact facts`);
  return JSON.parse(json) as Facts;
}

function realLines(): string[] {
  return readFileSync(LOG, 'utf8').split('\n').slice(0, -1);
}

function writeLog(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

/** Fisher-Yates. */
function shuffled(lines: string[]): string[] {
  const random = seeded(SHUFFLE_SEED);
  const mixed = [...lines];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
  }
  return mixed;
}
