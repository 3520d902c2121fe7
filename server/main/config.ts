import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { checkTopology, checkWiring, collectorConfigSchema, duration, topologyWarnings } from '../../collector/main.ts';
import { fileCause, invariant, VigieError } from '../model/errors.ts';
import { DAY, SECOND } from '../model/units.ts';
import { notifySchema } from '../notify/notify-config.ts';
import { reportProblems, reportsSchema } from '../notify/report-config.ts';
import { type ConfigProblem, locatorOf, type PathProblem, parseConfig } from '../runtime/config-file.ts';
import { DEFAULT_LISTEN, LISTEN_WANTED, listenAddress } from './listen.ts';
import { querySchema } from './query-options.ts';
import { storeSchema } from './store-options.ts';

/** Everything `vigie.yaml` may say. The collector's part is Vector's shape and belongs to the collector. */
export const configSchema = z.strictObject({
  data_dir: z.string().min(1).default('.vigie'),
  listen: z
    .string()
    .refine((text) => listenAddress(text) !== undefined, LISTEN_WANTED)
    .default(DEFAULT_LISTEN),
  token_file: z.string().optional(),
  slos: z.string().min(1).default('slos'),
  rule_files: z.array(z.string().min(1)).default([]),
  /** Of groups of rules that name none. */
  evaluation_interval: duration(SECOND, DAY).prefault('1m'),
  name: z.string().min(1).max(255).optional(),
  discover: z
    .strictObject({ access_logs: z.boolean().default(false), own_access_log: z.boolean().default(false) })
    .default({ access_logs: false, own_access_log: false }),
  store: storeSchema,
  query: querySchema,
  notify: notifySchema.prefault({}),
  reports: reportsSchema,
  ...collectorConfigSchema.shape,
});

/** What discovery is asked for, of a configuration with mistakes elsewhere. */
const discoverSchema = z.object({ discover: configSchema.shape.discover });

export type Config = z.output<typeof configSchema>;

/** A configuration with its paths made absolute: relative ones start at its file. */
export interface LoadedConfig extends Config {
  readonly file: string;
  /** Where something of it stands. */
  readonly locate: (problem: PathProblem) => ConfigProblem;
}

/** What the command line says louder than the file. */
export interface ConfigOverrides {
  readonly dataDir?: string;
  readonly listen?: string;
  readonly tokenFile?: string;
}

/** The source that `discover` adds for Vigie's own requests. */
export const OWN_ACCESS_LOG = 'own_access';

/** Reads and checks the configuration. Throws a ConfigError with every problem, or `bad_config` when there is no file. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv, overrides: ConfigOverrides = {}): LoadedConfig {
  const text = readText(file);
  const check = (config: Config) => [
    ...checkTopology(withStandIns(config)),
    ...reportProblems(config.reports, config.notify),
  ];
  const looseCheck = (value: unknown) => [
    ...checkWiring(value, standInsOf(discoverSchema.safeParse(value).data?.discover)),
    ...looseReportProblems(value),
  ];
  const config = parseConfig({ text, file, schema: configSchema, env, check, looseCheck });
  const from = dirname(resolve(file));
  const tokenFile = overrides.tokenFile ?? (config.token_file && resolve(from, config.token_file));
  return {
    ...config,
    file: resolve(file),
    locate: locatorOf(file, text),
    listen: overrides.listen ?? config.listen,
    data_dir: overrides.dataDir === undefined ? resolve(from, config.data_dir) : resolve(overrides.dataDir),
    slos: resolve(from, config.slos),
    ...(tokenFile !== undefined && { token_file: resolve(tokenFile) }),
  };
}

/** Schedules of reports and their receivers, where both can be read. */
function looseReportProblems(value: unknown): PathProblem[] {
  const read = z.object({ reports: reportsSchema, notify: notifySchema.prefault({}) }).safeParse(value);
  return read.success ? reportProblems(read.data.reports, read.data.notify) : [];
}

/** What is strange in the pipeline but runs, each at its place; what discovery would add stands at its switch. */
export function pipelineWarnings(config: LoadedConfig): PathProblem[] {
  const isOwn = ({ path: [section, id] }: PathProblem): boolean =>
    section !== 'sources' || Object.hasOwn(config.sources, String(id));
  return topologyWarnings(withStandIns(config)).map((warning) =>
    isOwn(warning) ? warning : { ...warning, path: ['discover', switchOf(String(warning.path[1]))] },
  );
}

const DISCOVERED = 'discovered_*';

/** The pipeline is checked with stand-ins for what discovery will add, so that `check` says the same on every machine. */
function withStandIns(config: Config): Config {
  const sources = Object.fromEntries(standInsOf(config.discover).map((id) => [id, fileSource(['/'], id)]));
  return { ...config, sources: { ...sources, ...config.sources } };
}

function standInsOf({ access_logs, own_access_log }: Partial<Config['discover']> = {}): string[] {
  return [...(access_logs ? [DISCOVERED] : []), ...(own_access_log ? [OWN_ACCESS_LOG] : [])];
}

function switchOf(id: string): keyof Config['discover'] {
  return id === DISCOVERED ? 'access_logs' : 'own_access_log';
}

/** A file source with its defaults, as if it stood in the configuration. */
export function fileSource(include: readonly string[], service: string): Config['sources'][string] {
  const { found } = collectorConfigSchema.shape.sources.parse({ found: { type: 'file', include, service } });
  invariant(found !== undefined, 'a parsed source that is not there');
  return found;
}

/** What a configuration says of other files. */
export interface NamedFiles {
  readonly slos: string;
  readonly rule_files: string[];
  readonly rings?: LoadedConfig['store']['rings'] | undefined;
}

/** The same of a configuration with mistakes, as far as it can be read: what it does not say rightly is what it is unless told. */
export function namedFiles(file: string, env: NodeJS.ProcessEnv): NamedFiles {
  const { slos, rule_files, store } = configSchema.shape;
  const schema = z.looseObject({
    slos: slos.catch('slos'),
    rule_files: rule_files.catch([]),
    store: store.optional().catch(undefined),
  });
  const read = parseConfig({ text: readText(file), file, schema, env, isLoose: true });
  return { slos: resolve(dirname(file), read.slos), rule_files: read.rule_files, rings: read.store?.rings };
}

function readText(file: string): string {
  if (!existsSync(file)) {
    throw new VigieError('bad_config', `cannot find configuration ${file}; name one with --config`);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new VigieError('bad_config', `cannot read configuration ${file}: ${fileCause(error)}`, { cause: error });
  }
}
