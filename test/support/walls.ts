/** The walls of ARCHITECTURE.md as data: what each room may import. The longest matching folder is a file's room. */
export interface Room {
  readonly folder: string;
  readonly rooms: readonly string[];
  /** npm packages; `node:` stands for every built-in module of Node. */
  readonly packages: readonly string[];
}

const TELEMETRY = ['prom-client', '@opentelemetry/api', '@opentelemetry/sdk-node'];

export const ROOMS: readonly Room[] = [
  { folder: 'server/model', rooms: [], packages: [] },
  { folder: 'server/runtime', rooms: ['server/model'], packages: ['node:', 'yaml', 'zod', ...TELEMETRY] },
  { folder: 'server/store', rooms: ['server/model'], packages: ['node:', 'better-sqlite3'] },
  {
    folder: 'server/promql',
    rooms: ['server/model'],
    packages: ['@prometheus-io/lezer-promql', '@lezer/common', '@lezer/lr', 're2js'],
  },
  {
    folder: 'rules',
    rooms: ['server/model'],
    // The grammar of PromQL, which is pure: by which selectors the SLO files of other tools count.
    packages: ['zod', 'yaml', 'luxon', 'rrule', '@prometheus-io/lezer-promql', '@lezer/common'],
  },
  {
    folder: 'collector',
    rooms: ['server/model', 'server/runtime'],
    packages: ['node:', 'better-sqlite3', 'tail', 'zod', 're2js', ...TELEMETRY],
  },
  {
    folder: 'server',
    rooms: ['server/model', 'server/runtime', 'server/store', 'server/promql', 'rules'],
    packages: [
      'node:',
      'express',
      'helmet',
      'express-rate-limit',
      'better-sse',
      'zod',
      'intl-messageformat',
      '@napi-rs/canvas',
      'nodemailer',
      'snappy',
      ...TELEMETRY,
    ],
  },
  {
    folder: 'server/main',
    rooms: ['server', 'server/model', 'server/runtime', 'rules', 'collector'],
    packages: ['node:', 'zod', ...TELEMETRY],
  },
  {
    folder: 'server/cli',
    rooms: ['server/main', 'server/model', 'server/runtime'],
    packages: ['node:', 'commander'],
  },
  {
    folder: 'web',
    rooms: ['server/model'],
    packages: [
      'preact',
      'preact-iso',
      '@preact/signals',
      'chart.js',
      'chartjs-plugin-annotation',
      'chartjs-adapter-luxon',
      'luxon',
      'intl-messageformat',
      'preact-render-to-string',
      're2js',
      // The editor of queries.
      '@codemirror/autocomplete',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
      '@prometheus-io/codemirror-promql',
      '@prometheus-io/lezer-promql',
    ],
  },
];

export interface SourceFile {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every import that goes through a wall, as a sentence. */
export function wallViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [`${file.path}: stands in no room`];
    return importsOf(file.text)
      .filter((specifier) => !isAllowed(room, file.path, specifier))
      .map((specifier) => `${file.path}: ${room.folder} may not import ${specifier}`);
  });
}

export function roomOf(path: string): Room | undefined {
  return ROOMS.filter((room) => path.startsWith(`${room.folder}/`)).toSorted(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
}

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s*(?:type\s+)?(?:[\w*{}\s,$]+?\s*from\s*)?['"]([^'"\n]+)['"]|import\(\s*['"]([^'"\n]+)['"]\s*\)|(?:\bimport|\bnew URL)\(\s*['"]([^'"\n]+\.ts)['"]/g;

export function importsOf(text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function isAllowed(room: Room, path: string, specifier: string): boolean {
  if (specifier.startsWith('.')) {
    const target = roomOf(resolved(path, specifier));
    return target === room || (target !== undefined && room.rooms.includes(target.folder));
  }
  if (specifier.startsWith('node:')) return room.packages.includes('node:');
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  return room.packages.includes(name);
}

function resolved(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
