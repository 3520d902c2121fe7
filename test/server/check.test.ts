import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkEverything } from '../../server/main/check.ts';
import { projectRoot } from '../support/project.ts';
import { runVigie } from '../support/vigie-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOST = 'sources:\n  host: {type: host_metrics}\n';
const SINK = 'sinks:\n  out: {type: vigie, inputs: [host]}\n';
const UNUSED = `${HOST}  spare:\n    type: host_metrics\n${SINK}`;

function write(text: string): string {
  const file = join(mkdtempSync(join(folder, 'config-')), 'vigie.yaml');
  writeFileSync(file, text);
  return file;
}

describe('what is strange but runs', () => {
  const tells = (what: string, config: string, want: readonly string[]): void => {
    test(what, () => {
      const file = write(config);
      const lines = checkEverything(file, {}).split('\n');
      expect(lines.slice(0, -1).map((line) => line.replace(`${file}:`, ''))).toEqual(want);
      const warnings = want.filter((line) => line.includes(': warning: ')).length;
      expect(lines.at(-1)).toMatch(warnings === 0 ? /: all good$/ : new RegExp(`: ${warnings} to look at$`));
    });
  };
  const unread = (id: string): string => `warning: nothing reads "${id}"; name it in the inputs of a sink or transform`;
  tells('nothing', HOST + SINK, []);
  tells('a source nobody reads', UNUSED, [`4:5: ${unread('spare')}`]);
  tells(
    'a transform nobody reads, which reads a source',
    `${HOST}  log: {type: file, include: [/a.log]}\ntransforms:\n  lines: {type: parse, inputs: ['l*']}\n${SINK}`,
    [`5:10: ${unread('lines')}`],
  );
  const log = join(folder, 'shop.log');
  writeFileSync(log, '');
  tells(
    'a file that two sources follow',
    `sources:\n  one: {type: file, include: [${log}]}\n  two:\n    type: file\n    include: ['${folder}/*.log']\n${'sinks:\n  out: {type: console, inputs: [one, two]}\n'}`,
    [`5:14: warning: ${log} is followed by "one", too: its lines count in both; exclude it in one of them`],
  );
  tells('what discovery would find', `discover: {access_logs: true, own_access_log: true}\n${HOST}${SINK}`, [
    `1:25: ${unread('discovered_*')}`,
    `1:47: ${unread('own_access')}`,
  ]);
  tells('a sink for collect', `${HOST}sinks:\n  out: {type: vigie, inputs: [host], url: http://x}\n`, [
    '4:43: note: url is for vigie collect; vigie run refuses it',
  ]);
});

test('a policy of a service that nobody knows is a warning at its place', () => {
  const file = write(
    `${HOST}  log: {type: file, include: [/nowhere/*.log], service: api}\n${SINK.replace('[host]', "['*']")}`,
  );
  const slos = join(file, '..', 'slos');
  mkdirSync(slos);
  const shop = '{id: a, service: shop, objective: 99%, window: 7d, availability: {total: t, bad: b}}';
  writeFileSync(join(slos, 'a.yaml'), `slos: [${shop}]\npolicies:\n  - services: [shop, api, "*", shpo, mailer]\n`);
  expect(checkEverything(file, {}).split('\n')).toEqual([
    `${slos}/a.yaml:3:32: warning: no SLO and no source is of service "shpo"; did you mean "shop"?`,
    `${slos}/a.yaml:3:38: warning: no SLO and no source is of service "mailer"; there is api, shop`,
    `${file}: 2 sources, 0 transforms, 1 sinks, 1 SLOs: 2 to look at`,
  ]);
});

test('the shipped configuration is all good', () => {
  expect(checkEverything(join(projectRoot, 'vigie.yaml'), {})).toMatch(/^[^\n]*: all good$/);
});

test('mistakes of every file and of every stage are told at once, files as the configuration is named', async () => {
  const file = write(
    `listen: [1]\nname: \${NO_SUCH_NAME}\nrule_files: [rules/*.yml]\n${HOST}  lines: {type: file, include: [/a.log], formt: x}\n` +
      'transforms:\n  hits: {type: web_log, inputs: [host]}\n  host: {type: parse, inputs: [lines]}\n  more: {type: parse, inputs: [lies]}\n' +
      "sinks:\n  out: {type: vigie, inputs: ['*']}\nreports:\n  - {period: week, at: Mon 07:00, zone: UTC, receiver: nobody}\n",
  );
  const folder = join(file, '..');
  for (const name of ['slos', 'rules']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'slos', 'a.yaml'), 'slos: []\npolices: []\n');
  writeFileSync(join(folder, 'rules', 'r.yml'), 'groups:\n  - name: g\n    rules: [{record: a, expr: up, for: 5m}]\n');
  const { code, stderr } = await runVigie(['check'], folder);
  expect(code).toBe(78);
  expect(
    stderr
      .split('\n')
      .map((line) => /^(?:vigie: )?(\S+:\d+:\d+): (.{12})/.exec(line)?.slice(1).join(' '))
      .filter(Boolean),
  ).toEqual([
    'vigie.yaml:1:9 listen: got ',
    'vigie.yaml:2:7 NO_SUCH_NAME',
    'vigie.yaml:6:42 unknown key ',
    'vigie.yaml:8:34 web_log take',
    'vigie.yaml:9:9 the id "host',
    'vigie.yaml:10:32 the input "l',
    'vigie.yaml:14:56 got receiver',
    'slos/a.yaml:2:1 unknown key ',
    'rules/r.yml:3:35 a recording ',
  ]);
});

test('a threshold between the buckets that the configuration makes is a warning at its place', () => {
  const file = write(
    `sources:\n  log: {type: file, include: [/nowhere/*.log], service: api}
transforms:
  lines: {type: parse, inputs: [log]}
  counts:
    type: log_to_metric
    inputs: [lines]
    metrics: [{type: histogram, name: took_seconds, field: duration, buckets: [0.1, 0.25, 0.5], tags: {service: api}}]
sinks: {out: {type: console, inputs: [counts]}}
`,
  );
  const slos = join(file, '..', 'slos');
  mkdirSync(slos);
  const slo = (id: string, rest: string) =>
    `  - {id: ${id}, service: api, objective: 99%, window: 7d, latency: {histogram: ${rest}}}\n`;
  writeFileSync(
    join(slos, 'a.yaml'),
    `slos:\n${slo('at', 'took_seconds, threshold: 250ms')}${slo('off', 'took_seconds, threshold: 300ms')}${slo('other', 'sent_seconds, threshold: 300ms')}`,
  );
  expect(checkEverything(file, {}).split('\n').slice(0, -1)).toEqual([
    `${slos}/a.yaml:3:92: warning: threshold 300ms lies between buckets 0.25 and 0.5; choose one of 0.1, 0.25, 0.5 seconds`,
  ]);
});

test('a warning is told by the program, exit 0', async () => {
  const file = write(UNUSED);
  const { code, stderr } = await runVigie(['check', '--config', file], folder);
  expect(stderr).toContain(`${file}:4:5: warning: `);
  expect(code).toBe(0);
});

test('a mistake in an SLO file is one of the configuration', () => {
  const file = write(HOST + SINK);
  mkdirSync(join(file, '..', 'slos'));
  writeFileSync(join(file, '..', 'slos', 'a.yaml'), 'slos: 1\n');
  expect(() => checkEverything(file, {})).toThrow(/a\.yaml:1:\d+: /);
});

describe('who may reach it is told at its place', () => {
  const refused = (what: string, config: string, at: string, want: string): void => {
    test(what, () => {
      const file = write(`${HOST}${SINK}${config}\n`);
      expect(() => checkEverything(file, {})).toThrow(`${file}:${at}: ${want}`);
    });
  };
  refused('no address', 'listen: foo', '5:9', 'listen: got "foo"; want "host:port", such as "127.0.0.1:8420"');
  refused('no port', 'listen: 127.0.0.1:65536', '5:9', 'listen: got "127.0.0.1:65536"; want "host:port"');
  refused('beyond loopback', 'listen: 0.0.0.0:1', '5:9', 'cannot listen on 0.0.0.0 without tokens');
  refused('without the file', 'token_file: /no-tokens', '5:13', 'cannot read /no-tokens: there is no such file');
});
