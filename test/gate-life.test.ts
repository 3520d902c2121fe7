import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { systemClock } from '../server/model/clock.ts';
import type { GateAnswer } from '../server/model/slo.ts';
import type { SloReport } from '../server/model/slo-report.ts';
import { apacheTime } from './support/log-maker.ts';
import { logPipeline } from './support/log-pipeline.ts';
import { PATIENCE } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { projectRoot } from './support/project.ts';
import { runVigie, startVigie, type VigieProcess } from './support/vigie-process.ts';

/** The gate as release jobs meet it: a server with tokens, its policies, overrides, and the shell of docs/gate.md. */
const folder = mkdtempSync(join(tmpdir(), 'vigie-gate-'));
const TOKENS = { read: 'read-0123456789abcdef', write: 'write-0123456789abcdef', wrong: 'wrong-0123456789abcdef' };
const SERVICES = { shop: 0, api: 500, frozen: 0, quiet: undefined };
let vigie: VigieProcess;
let nowhere: string;

beforeAll(async () => {
  mkdirSync(join(folder, 'slos'));
  for (const [name, token] of Object.entries(TOKENS)) writeFileSync(join(folder, `${name}.token`), `${token}\n`);
  writeFileSync(join(folder, 'tokens'), `read ${TOKENS.read}\nread,write ${TOKENS.write}\n`);
  const logs = Object.entries(SERVICES).flatMap(([service, bad]) => {
    const path = join(folder, `${service}.log`);
    writeFileSync(path, bad === undefined ? '' : logOf(2000, bad));
    return [[service, path] as const];
  });
  writeFileSync(join(folder, 'vigie.yaml'), logPipeline(Object.fromEntries(logs), { tags: ['service', 'status'] }));
  writeFileSync(join(folder, 'slos', 'slos.yaml'), `slos:${Object.keys(SERVICES).map(availability).join('')}\n`);
  const freeze = '{from: 2000-01-01, to: 2100-01-01, zone: UTC, reason: stocktaking}';
  writeFileSync(join(folder, 'slos', 'policies.yaml'), `policies: [{services: [frozen], freeze: [${freeze}]}]\n`);
  const port = await freePort();
  vigie = await startVigie(['run', '--token-file', 'tokens', '--listen', `127.0.0.1:${port}`], folder);
  nowhere = `http://127.0.0.1:${await freePort()}`;
  const decided = async (): Promise<boolean> => {
    const slos = ['shop', 'api', 'frozen'].map((service) => `${service}-availability`).join(',');
    const headers = { authorization: `Bearer ${TOKENS.read}` };
    const answer = await fetch(`${vigie.url}/api/vigie/gate?slos=${slos}`, { headers });
    return ((await answer.json()) as GateAnswer).slos.every(({ state }) => state === 'ok' || state === 'exhausted');
  };
  await vi.waitUntil(decided, PATIENCE);
});

afterAll(async () => {
  await vigie?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function logOf(good: number, bad: number): string {
  const lines = good + bad;
  const start = systemClock.now() - 7_200_000;
  const line = (i: number): string =>
    `192.0.2.1 - - [${apacheTime(start + (i * 7_190_000) / lines)}] "GET /${i} HTTP/1.1" ${i < bad ? 500 : 200} 9 "-" "-"\n`;
  return Array.from({ length: lines }, (_, i) => line(i)).join('');
}

function availability(service: string): string {
  const total = `http_requests_total{service="${service}"}`;
  return `
  - id: ${service}-availability
    service: ${service}
    objective: 99%
    window: 30d
    availability: {total: '${total}', bad: '${total.replace('}', ',status=~"5.."}')}'}`;
}

const asked = (scope: keyof typeof TOKENS, ...words: string[]) =>
  runVigie([...words, '--server', vigie.url, '--token-file', `${scope}.token`], folder);
const gate = (...words: string[]) => asked('read', 'gate', ...words);

test('a freeze says no, with its reason in the table, in both languages', async () => {
  const english = await gate('frozen-availability');
  expect(english.code).toBe(3);
  expect(english.stdout).toMatch(
    /^NO-GO {2}Not now — frozen is frozen until .*stocktaking\.\n\nANSWER +SLO +STATE +REASON\n/,
  );
  expect(english.stdout).toMatch(
    /\nNO-GO +frozen-availability +ok +frozen is frozen.*\n {20,}100% of the error budget of frozen is left/,
  );
  const french = await gate('frozen-availability', '--lang', 'fr');
  expect(french.code).toBe(3);
  expect(french.stdout).toMatch(/^FEU ROUGE {2}Pas maintenant — Les livraisons de frozen sont gelées.*\n\nRÉPONSE/);
  expect((await gate('--lang', 'de')).code).toBe(2);
});

test('only a server that cannot answer fails open', async () => {
  const down = (...flags: string[]) => runVigie(['gate', '--server', nowhere, ...flags], folder);
  expect((await down()).code).toBe(4);
  const open = await down('--fail-open');
  expect(open.code).toBe(0);
  expect(open.stdout).toMatch(/^GO {2}The server did not answer, and --fail-open makes that a go: cannot reach/);
  expect(JSON.parse((await down('--fail-open', '--json')).stdout)).toMatchObject({ decision: 'go', failed_open: true });
  expect((await asked('wrong', 'gate', '--fail-open')).code).toBe(4);
  expect((await gate('api-availability', '--fail-open')).code).toBe(3);
  expect((await gate('quiet-availability', '--fail-open')).code).toBe(4);
  expect((await gate('shpo', '--fail-open')).code).toBe(2);
});

test('a policy says what a server that cannot answer means, where the file is at hand', async () => {
  const said = (decision: string, ...services: string[]) =>
    `  - {services: [${services.join(', ')}], when: {unanswered: ${decision}}}\n`;
  const mine = join(folder, 'mine.yaml');
  writeFileSync(mine, `policies:\n${said('go', 'shop')}${said('no_go', 'api')}slos:${availability('shop')}\n`);
  const down = async (...words: string[]) =>
    (await runVigie(['gate', '--server', nowhere, '--policies', mine, ...words], folder)).code;
  expect(await down('--service', 'shop')).toBe(0);
  expect(await down('shop-availability')).toBe(0);
  expect(await down('--service', 'shop', '--service', 'api')).toBe(3);
  expect(await down('--service', 'shop', '--service', 'mail')).toBe(4);
  expect(await down('shpo-availability')).toBe(4);
  expect(await down()).toBe(3);
  expect(await down('--fail-open')).toBe(0);
  const french = await runVigie(
    ['gate', '--server', nowhere, '--policies', mine, '--service', 'shop', '--lang', 'fr'],
    folder,
  );
  expect(french.stdout).toMatch(/^FEU VERT {2}Le serveur n’a pas répondu, ce pour quoi la politique dit FEU VERT/);
  expect((await gate('api-availability', '--policies', 'slos')).code).toBe(3);
  expect((await asked('wrong', 'gate', '--service', 'shop', '--policies', mine)).code).toBe(4);
  writeFileSync(mine, 'policies: [{services: shop}]\n');
  expect(await down('--service', 'shop')).toBe(78);
});

test('a service is asked for by its name', async () => {
  const answer = async (...words: string[]) => JSON.parse((await gate(...words, '--json')).stdout) as GateAnswer;
  const one = await answer('--service', 'api');
  expect(one).toMatchObject({ decision: 'no_go', slos: [{ id: 'api-availability' }] });
  expect(one.slos).toHaveLength(1);
  expect((await answer('shop-availability', '--service', 'api', '--service', 'frozen')).slos).toHaveLength(3);
  expect(await gate('--service', 'ap')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot find an SLO of service "ap"; did you mean "api"?'),
  });
  expect(await gate('api')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot find SLO "api": it is a service, whose SLOs are api-availability'),
  });
});

test('the report on service levels has the same counts, as a page, as Markdown and as JSON, in both languages', async () => {
  const today = new Date(systemClock.now()).toISOString().slice(0, 10);
  const report = (...words: string[]) =>
    asked('read', 'report', 'slo', '--period', 'quarter', '--at', today, '--timezone', 'UTC', ...words);
  const { code, stdout } = await report();
  expect(stdout).toMatch(/^# Service levels of a quarter\n/);
  expect(code).toBe(0);
  expect((await report('--lang', 'fr')).stdout).toMatch(/^# Niveaux de service du trimestre\n/);
  const write = async (file: string): Promise<string> => {
    expect(await report('-o', file)).toMatchObject({ code: 0 });
    return readFileSync(join(folder, file), 'utf8');
  };
  expect(await write('report.html')).toMatch(/^<!doctype html>.*api-availability/s);
  const { slos } = JSON.parse(await write('report.json')) as SloReport;
  // Requests of the last two hours may lie in two quarters, once in ninety days; then the one before has the others.
  const counted = slos.map(({ id, counts, previous }) => [id, counts.total + previous.total]);
  expect(Object.fromEntries(counted)).toEqual({
    'api-availability': 2500,
    'shop-availability': 2000,
    'frozen-availability': 2000,
    'quiet-availability': 0,
  });
  expect((await report('-o', 'report.pdf')).code).toBe(2);
  expect((await report('--timezone', 'Mars')).code).toBe(2);
  expect((await report('--at', '2026-02-30')).code).toBe(2);
  expect((await asked('wrong', 'report', 'slo')).code).toBe(4);
});

/** The YAML below a heading of docs/gate.md. */
function snippet(heading: string): unknown {
  const text = readFileSync(join(projectRoot, 'docs', 'gate.md'), 'utf8');
  const [, block = ''] = new RegExp(`^## ${heading}\\n[^]*?^\`\`\`yaml\\n([^]*?)^\`\`\``, 'm').exec(text) ?? [];
  return parse(block);
}

async function shell(command: readonly [string, ...string[]], env: Readonly<Record<string, string>>) {
  const child = spawn(command[0], command.slice(1), {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

type Job = {
  readonly server?: string;
  readonly token?: keyof typeof TOKENS;
  readonly slo: string;
  readonly open?: boolean;
};

/** Runs the step as the runner does: `shell: bash` is bash --noprofile --norc -eo pipefail. */
function githubStep({ server = vigie.url, token = 'read', slo, open = false }: Job) {
  const { jobs } = snippet('GitHub Actions') as { jobs: { gate: { steps: { run: string; shell: string }[] } } };
  const [step] = jobs.gate.steps;
  expect(step?.shell).toBe('bash');
  const summary = join(folder, 'summary.md');
  return shell(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? 'exit 99'], {
    ...{ VIGIE_SERVER: server, VIGIE_TOKEN: TOKENS[token], SLOS: slo, GITHUB_STEP_SUMMARY: summary },
    FAIL_OPEN: open ? 'yes' : 'no',
  });
}

/** Runs the lines of the job in one shell that stops at the first failure; the SLO asked for and the program are those of here. */
function gitlabJob({ server = vigie.url, token = 'read', slo, open = false }: Job) {
  const { gate } = snippet('GitLab CI') as { gate: { script: string[] } };
  const script = gate.script
    .join('\n')
    .replaceAll('/opt/vigie/', `${projectRoot}/`)
    .replace('shop-availability shop-latency', `${slo.replace(',', ' ')}${open ? ' --fail-open' : ''}`);
  return shell(['sh', '-e', '-c', script], { VIGIE_SERVER: server, VIGIE_TOKEN_FILE: `${token}.token` });
}

describe.each([
  ['GitHub Actions', githubStep],
  ['GitLab CI', gitlabJob],
])('the shell of docs/gate.md for %s', (_, job) => {
  const ends = (what: string, input: () => Job, want: number, said: RegExp) =>
    test(`${what}: exit ${want}`, async () => {
      const answer = await job(input());
      expect(answer.said).toMatch(said);
      expect(answer.code).toBe(want);
    });
  ends('go', () => ({ slo: 'shop-availability' }), 0, /Yes — shop may be released/);
  ends('no-go', () => ({ slo: 'api-availability' }), 3, /Not now — api has spent.*500 bad requests/);
  ends('frozen', () => ({ slo: 'frozen-availability' }), 3, /Not now — frozen is frozen/);
  ends('several, one of them no', () => ({ slo: 'shop-availability,api-availability' }), 3, /shop-availability/);
  ends('no request yet', () => ({ slo: 'quiet-availability' }), 4, /Cannot say\./);
  ends('server down', () => ({ slo: 'shop-availability', server: nowhere }), 4, /cannot (reach|answer)/);
  ends('server down, open', () => ({ slo: 'shop-availability', server: nowhere, open: true }), 0, /./);
  ends('wrong token', () => ({ slo: 'shop-availability', token: 'wrong' }), 4, /token/);
  ends('wrong token, open', () => ({ slo: 'shop-availability', token: 'wrong', open: true }), 4, /token/);
});

test('an unknown SLO is the mistake of the job', async () => {
  expect(await githubStep({ slo: 'shpo' })).toMatchObject({ code: 2, said: expect.stringContaining('shpo') });
  expect((await gitlabJob({ slo: 'shpo' })).code).toBe(2);
});

test('an override lets a service through until it is ended, and stays in the audit', async () => {
  const words = ['gate', 'override', '--service', 'api', '--for', '1h', '--reason', 'fixes\nit', '--by', 'alice'];
  expect((await asked('read', ...words)).code).toBe(4);
  const made = await asked('write', ...words, '--json');
  expect(made.code).toBe(0);
  const { id } = JSON.parse(made.stdout) as { readonly id: string };
  const through = await gate('api-availability', '--json');
  expect(through.code).toBe(0);
  expect(JSON.parse(through.stdout)).toMatchObject({
    decision: 'go',
    reasons: expect.arrayContaining([
      expect.objectContaining({ code: 'overridden', decision: 'go' }),
      expect.objectContaining({ code: 'budget_spent', decision: 'no_go' }),
    ]),
    overrides: [{ id, service: 'api', by: 'alice', reason: 'fixes\nit' }],
  });
  expect((await gate('api-availability')).stdout).toMatch(
    /^GO {2}Yes, with care — api may be released\. alice lets api/,
  );
  const ended = await asked('write', 'gate', 'end-override', id, '--by', 'bob');
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
  expect((await gate('api-availability')).code).toBe(3);
  expect((await gate('overrides')).stdout).toMatch(/^STATE .*\nended +\S+ +api .* alice +bob +fixes\\u\{a\}it\n$/);
  expect((await asked('write', 'gate', 'end-override', id, '--by', 'bob')).code).toBe(1);
  expect((await asked('write', ...words.with(3, 'apy'))).code).toBe(2);
  expect((await asked('write', ...words.toSpliced(2, 2))).stderr).toContain("option '--service <name>' not specified");
  expect((await asked('write', ...words, '--service', 'shop')).stderr).toContain('given twice');
});

test('no word of a person becomes a command of the runner', async () => {
  const words = ['--service', 'shop', '--for', '1h', '--by', 'alice', '--reason', 'x\n::error::pwned\r\n::add-mask::y'];
  expect((await asked('write', 'gate', 'override', ...words)).code).toBe(0);
  const refused = ['--service', 'api', '--for', '1h', '--by', 'al\n::warning::', '--reason', '\n::error::pwned'];
  expect((await asked('write', 'gate', 'override', ...refused)).code).toBe(0);
  const { code, said } = await githubStep({ slo: 'shop-availability,api-availability' });
  expect(code).toBe(0);
  expect(said).toContain('pwned');
  expect(said).not.toMatch(/^\s*::/m);
});
