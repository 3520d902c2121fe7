import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../server/main/config.ts';
import { discover } from '../../server/main/discovery.ts';
import { engineOptions } from '../../server/main/store-options.ts';
import { DEFAULT_RINGS } from '../../server/model/rings.ts';
import { projectRoot } from '../support/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('the shipped configuration is good, and its paths start where it lies', () => {
  const config = loadConfig(join(projectRoot, 'vigie.yaml'), {});
  expect(config.data_dir).toBe(join(projectRoot, '.vigie'));
  expect(config.slos).toBe(join(projectRoot, 'slos'));
  expect(config.listen).toBe('127.0.0.1:8420');
});

test('the command line is louder than the file', () => {
  const file = write('louder.yaml', 'data_dir: there\nlisten: 127.0.0.1:1\ntoken_file: tokens\n');
  expect(loadConfig(file, {})).toMatchObject({ data_dir: join(folder, 'there'), token_file: join(folder, 'tokens') });
  const overrides = { dataDir: '/elsewhere', listen: '[::1]:2', tokenFile: '/t' };
  expect(loadConfig(file, {}, overrides)).toMatchObject({
    data_dir: '/elsewhere',
    listen: '[::1]:2',
    token_file: '/t',
  });
});

test('a file that is not there is told with the way out', () => {
  expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow('--config');
});

describe('rings', () => {
  const read = (rings: string) =>
    engineOptions(loadConfig(write('rings.yaml', `store:\n  rings:\n${rings}`), {})).rings;

  test('are the default ones, and those of the profiles', () => {
    expect(read('    profiles: []\n')).toEqual({ rings: DEFAULT_RINGS, rules: [] });
    const shop = '    profiles:\n      - {match: \'a{b="c"}\', rings: [{step: 1m, keep: 1d}, {step: 1h, keep: 7d}]}\n';
    const rings = [
      { width: 60_000, span: 86_400_000 },
      { width: 3_600_000, span: 7 * 86_400_000 },
    ];
    const selector = [
      { name: '__name__', op: '=', value: 'a' },
      { name: 'b', op: '=', value: 'c' },
    ];
    expect(read(shop)).toEqual({ rings: DEFAULT_RINGS, rules: [{ match: 'a{b="c"}', selector, rings }] });
  });

  test('that cannot be are told where they stand', () => {
    const refused = (rings: string, want: string) => expect(() => read(rings)).toThrow(want);
    const of = (list: string) => `    default: [${list}]\n`;
    refused(of('{step: 10s, keep: 2d}'), 'rings.yaml:3:14: ');
    refused(of('{step: 10s, keep: 2d}'), 'got 1 rings; want 2 to 8');
    refused(of('{step: 10s, keep: 2d}, {step: 15s, keep: 4d}'), 'rings.yaml:3:45: ');
    refused(
      of('{step: 10s, keep: 2d}, {step: 15s, keep: 4d}'),
      'got a step of 15s after 10s; want each step to divide the next',
    );
    refused(of('{step: 10s, keep: 2d}, {step: 1m, keep: 1d}'), 'got 1d after 2d; want times that grow');
    refused(of('{step: 10s, keep: 15s}, {step: 1m, keep: 1d}'), 'got a time of 15s; want a multiple of the step 10s');
    refused(of('{step: 1s, keep: 100d}, {step: 1m, keep: 100d}'), 'rings.yaml:3:32: ');
    refused(of('{step: 500ms, keep: 2d}, {step: 1m, keep: 4d}'), 'want a duration between');
    refused('    profiles: [{match: "a{", rings: []}]\n', 'rings.yaml:3:24: ');
    refused('    profiles: [{match: a}]\n', 'rings');
    const odd = '{match: a, rings: [{step: 1s, keep: 1h}, {step: 17h, keep: 17d}]}';
    refused(
      `    profiles: [${odd}, {match: b, rings: [{step: 1s, keep: 1h}, {step: 167h, keep: 167d}]}]\n`,
      'want widest steps',
    );
  });
});

describe('data sources', () => {
  const read = (entry: string) =>
    engineOptions(loadConfig(write('rrd.yaml', `store:\n  data_sources:\n    - {${entry}}\n`), {})).dataSources;

  test('are as rrdtool has them', () => {
    const selector = [{ name: '__name__', op: '=', value: 'a' }];
    const source = { type: 'COUNTER', heartbeat_secs: 600 };
    expect(read('match: a, type: COUNTER, heartbeat: 10m')).toEqual([{ match: 'a', selector, source }]);
    expect(read('match: a, type: COUNTER, heartbeat: 10m, min: 0, max: 1.25e8')).toEqual([
      { match: 'a', selector, source: { ...source, min: 0, max: 125_000_000 } },
    ]);
    expect(engineOptions(loadConfig(write('rrd.yaml', 'store: {}\n'), {})).dataSources).toEqual([]);
  });

  test('that cannot be are told where they stand', () => {
    const refused = (entry: string, want: string) => expect(() => read(entry)).toThrow(want);
    refused('match: a, type: COUNT, heartbeat: 10m', 'rrd.yaml:3:24: ');
    refused('match: a, type: GAUGE, heartbeat: 1500ms', 'want whole seconds');
    refused('match: a, type: GAUGE, heartbeat: 25h', 'want a duration between');
    refused('match: a, type: GAUGE, heartbeat: 10m, min: 1, max: 1', 'rrd.yaml:3:60: ');
    refused('match: "a{", type: GAUGE, heartbeat: 10m', 'rrd.yaml:3:15: ');
    refused('match: a, type: GAUGE', 'heartbeat');
    refused('match: a, type: GAUGE, heartbeat: 10m, step: 5m', 'step');
  });
});

test('what queries may take is told to the store', () => {
  const bounds = (query: string) => engineOptions(loadConfig(write('query.yaml', `query: {${query}}\n`), {})).queries;
  expect(bounds('')).toEqual({ timeout: 30_000, maxSamples: 50_000_000, maxConcurrent: 8, maxQueued: 64 });
  expect(bounds('timeout: 2m, max_samples: 1000, max_concurrent: 1, max_queued: 0')).toEqual({
    timeout: 120_000,
    maxSamples: 1000,
    maxConcurrent: 1,
    maxQueued: 0,
  });
  for (const wrong of [
    'timeout: 1ms',
    'max_samples: 999',
    'max_concurrent: 0',
    'max_queued: -1',
    'max_concurrent: 65',
  ]) {
    expect(() => bounds(wrong)).toThrow(/query\.yaml:1:\d+: query\.\w+: got /);
  }
});

test('one metric may have as many series as the store at most, and as many as that unless it is said', () => {
  const limits = (store: string) => engineOptions(loadConfig(write('limits.yaml', `store: {${store}}\n`), {}));
  expect(limits('max_series: 20')).not.toHaveProperty('maxSeriesPerMetric');
  expect(limits('max_series: 20, max_series_per_metric: 20')).toMatchObject({ maxSeries: 20, maxSeriesPerMetric: 20 });
  expect(() => limits('max_series: 20, max_series_per_metric: 21')).toThrow(
    /limits\.yaml:1:\d+.*store\.max_series_per_metric: got 21; want at most max_series/,
  );
  expect(() => limits('max_series_per_metric: 0')).toThrow(/got 0; want/);
});

test('every access log that can be read becomes a source of its service, and a proposal', () => {
  const line = '192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n';
  for (const path of [
    'apache2/shop-access.log',
    'apache2/shop-ssl-access.log',
    'nginx/access.log',
    'nginx/access.log.1.gz',
  ]) {
    write(`root/var/log/${path}`, line);
  }
  const config = loadConfig(
    write(
      'discover.yaml',
      'discover: {access_logs: true, own_access_log: true}\nsinks: {out: {type: blackhole, inputs: ["discovered_*", own_access]}}\n',
    ),
    {},
  );
  const found = discover(config, true, join(folder, 'root')).config.sources;
  expect(Object.keys(found).sort()).toEqual(['discovered_nginx', 'discovered_shop', 'own_access']);
  expect(found.discovered_shop).toMatchObject({
    type: 'file',
    service: 'shop',
    include: ['shop-access.log', 'shop-ssl-access.log'].map((name) => join(folder, 'root/var/log/apache2', name)),
  });
});

test('two logs whose services differ in what an id cannot hold are two sources', () => {
  const root = join(folder, 'alike');
  const paths = ['shop.example.org', 'shop_example_org'].map((name) =>
    write(`alike/var/log/apache2/${name}-access.log`, ''),
  );
  const sink = 'sinks: {out: {type: blackhole, inputs: ["discovered_*"]}}\n';
  const config = loadConfig(write('alike.yaml', `discover: {access_logs: true}\n${sink}`), {});
  const sources = Object.values(discover(config, true, root).config.sources);
  expect(sources.flatMap((source) => (source.type === 'file' ? source.include : [])).sort()).toEqual(paths);
});

test('a source of the file is louder than a discovered one of its name', () => {
  const text = 'discover: {own_access_log: true}\nsources:\n  own_access: {type: file, include: [/mine]}\n';
  const sink = 'sinks: {out: {type: blackhole, inputs: [own_access]}}\n';
  const config = loadConfig(write('mine.yaml', text + sink), {});
  expect(discover(config, true).config.sources.own_access).toMatchObject({ include: ['/mine'] });
});

test('a collector apart does not read the log of a server elsewhere', () => {
  const config = loadConfig(
    write('apart.yaml', 'discover: {own_access_log: true}\nsinks: {out: {type: blackhole, inputs: [own_access]}}\n'),
    {},
  );
  expect(Object.keys(discover(config, false).config.sources)).toEqual([]);
});

test('a log that the configuration follows is not discovered again', () => {
  const root = join(folder, 'twice');
  const paths = ['shop-access.log', 'blog-access.log'].map((name) => write(`twice/var/log/apache2/${name}`, ''));
  const source = `sources:\n  shop: {type: file, include: ['${join(root, 'var/log/apache2/sh*.log')}']}\n`;
  const sink = 'sinks: {out: {type: blackhole, inputs: ["discovered_*", shop]}}\n';
  const config = loadConfig(write('twice.yaml', `discover: {access_logs: true}\n${source}${sink}`), {});
  const { config: found, logs } = discover(config, true, root);
  expect(logs.map(({ path }) => path)).toEqual([paths[1]]);
  expect(Object.keys(found.sources).sort()).toEqual(['discovered_blog', 'shop']);
});
