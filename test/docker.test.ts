import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createProgram } from '../server/cli/main.ts';
import { collectTarget } from '../server/main/collect-target.ts';
import { loadConfig } from '../server/main/config.ts';
import { DEFAULT_LISTEN, parseListen } from '../server/main/listen.ts';
import { projectRoot } from './support/project.ts';
import { startVigie } from './support/vigie-process.ts';

const program = createProgram();
const [, PORT = ''] = DEFAULT_LISTEN.split(':');
const folder = mkdtempSync(join(tmpdir(), 'vigie-docker-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

interface Instruction {
  readonly name: string;
  readonly text: string;
  readonly stage: number;
}

/** A Dockerfile as its instructions, continued lines joined. */
function instructionsOf(text: string): Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '');
  let stage = -1;
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      if (name === 'FROM') stage++;
      return { name, text: rest, stage };
    });
}

const dockerfile = instructionsOf(read('Dockerfile'));
const last = Math.max(...dockerfile.map(({ stage }) => stage));
const all = (name: string, stage?: number): string[] =>
  dockerfile.filter((one) => one.name === name && (stage ?? one.stage) === one.stage).map(({ text }) => text);

describe('Dockerfile', () => {
  test.each([
    ['FROM', /^node:20\.\d+-bookworm-slim( AS \w+)?$/],
    ['WORKDIR', /^\//],
    ['ENTRYPOINT', /^\[".*"\]$/],
    ['CMD', /^\[".*"\]$/],
    ['HEALTHCHECK', /CMD \[".*"\]$/],
  ])('%s is written as it should be', (name, wanted) => {
    expect(all(name)).not.toEqual([]);
    for (const text of all(name)) expect(text).toMatch(wanted);
  });

  test('installs no more than is needed and leaves no lists; what runs is not root; nothing is fetched by ADD', () => {
    const installing = all('RUN').filter((text) => text.includes('apt-get'));
    for (const text of installing) {
      expect(text).toMatch(
        /apt-get update\s+&& apt-get install --yes --no-install-recommends .*&& rm -rf \/var\/lib\/apt\/lists/,
      );
    }
    expect(all('RUN').join('\n')).not.toMatch(/\bsudo\b|\bcd\b|curl|wget/);
    expect(all('ADD')).toEqual([]);
    expect(all('USER', last)).toEqual(['node']);
    const order = dockerfile.map(({ name }) => name);
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('COPY'));
  });

  test('copies what is there, and what the context lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? line.slice(1) : []));
    const sources = all('COPY')
      .filter((text) => !text.startsWith('--from='))
      .flatMap((text) => text.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources) {
      expect(existsSync(join(projectRoot, source)), source).toBe(true);
      expect(
        allowed.some((path) => source === path || source.startsWith(`${path}/`)),
        source,
      ).toBe(true);
    }
    const stages = all('FROM').flatMap((text) => / AS (\w+)$/.exec(text)?.[1] ?? []);
    const from = all('COPY').flatMap((text) => /^--from=(\w+)/.exec(text)?.[1] ?? []);
    expect(new Set(from)).toEqual(new Set(stages));
  });

  test('exposes the default port, and names variables and a command that exist', () => {
    expect(all('EXPOSE')).toEqual([PORT]);
    const names =
      all('ENV', last)
        .join(' ')
        .match(/VIGIE_\w+/g) ?? [];
    const known = program.commands.flatMap(({ options }) => options.map(({ envVar }) => envVar));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(known).toContain(name);
    expect(program.commands.map((command) => command.name())).toContain(
      (JSON.parse(all('CMD')[0] ?? '') as string[])[0],
    );
  });

  test('what is copied into the image runs, and its health check tells', async () => {
    const image = join(folder, 'image');
    for (const path of ['package.json', 'server/cli/vigie.mjs', 'server/cli/prepare.mjs', 'docs/docker']) {
      cpSync(join(projectRoot, path), join(image, path), { recursive: true });
    }
    for (const path of ['dist', 'node_modules']) symlinkSync(join(projectRoot, path), join(image, path));
    const env = {
      ...process.env,
      VIGIE_CONFIG: join(image, 'docs/docker/server.yaml'),
      VIGIE_DATA_DIR: join(folder, 'data'),
    };
    const check = (port: string): number | null =>
      spawnSync(process.execPath, [join(image, 'docs/docker/server-health.mjs'), port]).status;
    expect(check('1')).toBe(1);
    const args = [join(image, 'server/cli/vigie.mjs'), 'serve', '--listen', '127.0.0.1:0'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    try {
      let said = '';
      for await (const text of child.stderr.setEncoding('utf8')) {
        said += text;
        if (said.includes('Open')) break;
      }
      const [, port = ''] = /^Open {4}http:\/\/127\.0\.0\.1:(\d+)/m.exec(said) ?? [];
      expect(check(port)).toBe(0);
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
  });
});

const serviceSchema = z.looseObject({
  image: z.string(),
  user: z.string().optional(),
  command: z.array(z.string()).optional(),
  read_only: z.literal(true),
  init: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  secrets: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
  healthcheck: z.looseObject({ test: z.array(z.string()).min(2), interval: z.string(), timeout: z.string() }),
});
const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

describe('docker-compose.yml', () => {
  const compose = composeSchema.parse(parse(read('docker-compose.yml'), { merge: true }));
  const services = Object.entries(compose.services);

  test('every service is locked down, watched, and waits for what it needs', () => {
    expect(services.map(([name]) => name)).toEqual(['apache', 'server', 'collector']);
    expect(Object.keys(compose.services.collector?.depends_on ?? {})).toEqual(['apache', 'server']);
    for (const name of services.flatMap(([, { depends_on }]) => Object.keys(depends_on))) {
      expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  });

  test('images are of one version; ours is nobody with rights', () => {
    for (const [, { image, user }] of services) {
      if (image === 'vigie') expect(user).toBe('1000:1000');
      else expect(image).toMatch(/^[a-z]+:\d+\.\d+-bookworm$/);
    }
  });

  test('ports are published on loopback alone', () => {
    for (const [, { ports }] of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    expect(compose.services.server?.ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
  });

  test('volumes and secrets are declared, used, and what is mounted exists', () => {
    const named = new Set<string>();
    for (const [, { volumes }] of services) {
      for (const volume of volumes) {
        const [source = '', target = '', mode] = volume.split(':');
        expect(target).toMatch(/^\//);
        if (source.startsWith('./')) expect([existsSync(join(projectRoot, source)), mode]).toEqual([true, 'ro']);
        else named.add(source);
      }
    }
    expect([...named].sort()).toEqual(Object.keys(compose.volumes));
    const secrets = new Set(services.flatMap(([, service]) => service.secrets));
    expect([...secrets].sort()).toEqual(Object.keys(compose.secrets));
    const ignored = read('.gitignore').split('\n');
    for (const { file } of Object.values(compose.secrets)) expect(ignored).toContain(`${file.split('/')[1]}/`);
  });

  test.each(['server', 'collector'])('the command of %s is one there is', (name) => {
    const service = compose.services[name];
    const [command, ...flags] = service?.command ?? [];
    const found = program.commands.find((one) => one.name() === command);
    for (let i = 0; i < flags.length; i += 2) {
      expect(found?.options.map(({ long }) => long)).toContain(flags[i]);
      const secret = /^\/run\/secrets\/(.+)$/.exec(flags[i + 1] ?? '')?.[1];
      if (flags[i] === '--token-file') expect(service?.secrets).toEqual([secret]);
      if (flags[i] === '--listen')
        expect(parseListen(flags[i + 1] ?? '')).toEqual({ host: '0.0.0.0', port: Number(PORT) });
      if (flags[i] === '--server') expect(flags[i + 1]).toBe(`http://server:${PORT}`);
    }
    for (const part of service?.healthcheck.test.slice(2) ?? []) {
      expect(existsSync(join(projectRoot, part.replace('/opt/vigie/', '')))).toBe(true);
    }
  });

  test('the configurations are good, and the collector reads where Apache writes', () => {
    const server = loadConfig(join(projectRoot, 'docs/docker/server.yaml'), {});
    expect(server.slos).toMatch(/^\/var\/lib\/vigie\//);
    const collector = loadConfig(join(projectRoot, 'docs/docker/collector.yaml'), {});
    expect(collectTarget(collector, { url: `http://server:${PORT}` }).url).toBe(`http://server:${PORT}`);
    const [, path = '', layout] = /^CustomLog (\S+) (\S+)/m.exec(read('docs/docker/httpd.conf')) ?? [];
    expect(collector.sources.shop).toMatchObject({ type: 'file', include: [path] });
    expect(read('docs/docker/httpd.conf')).toMatch(new RegExp(`^LogFormat ".* %D" ${layout}$`, 'm'));
    const mounts = ['apache', 'collector'].map((name) => {
      return compose.services[name]?.volumes.find((volume) => volume.startsWith('apache-log:'))?.split(':')[1];
    });
    expect(mounts).toEqual(['/var/log/apache2', '/var/log/apache2']);
    expect(path.startsWith('/var/log/apache2/')).toBe(true);
    expect(read('docker-compose.yml')).toContain(`collector: ${collector.name}`);
  });

  test('the token files its comment makes are good', () => {
    const script = read('docker-compose.yml')
      .split('\n')
      .slice(2, 6)
      .map((line) => line.replace(/^#\s*/, ''))
      .join('\n');
    // With a pipe of Node's, which is a socket, bash would take itself for a remote shell and read its settings.
    const { status, stderr } = spawnSync('bash', ['-eu', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'secrets/server-tokens'), 'utf8')).toMatch(
      /^ingest \w{48} collector: apache\nadmin \w{48}\n$/,
    );
  });
});

test('the health check of a collector tells a living one from a dead one', async () => {
  const home = join(folder, 'collector');
  mkdirSync(home);
  writeFileSync(
    join(home, 'vigie.yaml'),
    'sources: {host: {type: host_metrics}}\nsinks: {vigie: {type: vigie, inputs: [host]}}\n',
  );
  const check = (): number | null => {
    const env = { ...process.env, VIGIE_DATA_DIR: join(home, '.vigie') };
    return spawnSync(process.execPath, [join(projectRoot, 'docs/docker/collector-health.mjs')], { env }).status;
  };
  expect(check()).toBe(1);
  const collector = await startVigie(['collect', '--server', 'http://127.0.0.1:1'], home);
  await expect.poll(check).toBe(0);
  await collector.kill();
});
