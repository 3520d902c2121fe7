import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { examineCollector } from '../../collector/main.ts';
import type { Clock } from '../model/clock.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type Examination, examineDataDir, type OnStep } from '../upkeep/examine-file.ts';
import { type RepairReport, repairDataDir } from '../upkeep/repair-data-dir.ts';
import { checkEverything } from './check.ts';
import { type LoadedConfig, loadConfig } from './config.ts';
import { type Check, checkClock, checkMachine, checkPlace } from './surroundings.ts';

/** Damaged places of a collector's queues that are named. */
const MAX_TOLD = 5;

export interface DoctorJob {
  readonly config: string;
  /** Examined instead of the directory of the configuration. */
  readonly dataDir?: string;
  readonly repair: boolean;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly onStep: OnStep;
}

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** Absent: the configuration does not say where it is, or it is not there yet. */
  readonly database?: Examination;
  readonly repaired?: RepairReport;
  readonly isConfigBad: boolean;
}

/** Looks at everything a start needs, and at all that is stored. Rejects when a repair was asked for and cannot be. */
export async function diagnose(job: DoctorJob): Promise<Diagnosis> {
  const { check, config } = readConfig(job);
  const dataDir = job.dataDir === undefined ? config?.data_dir : resolve(job.dataDir);
  const place = config === undefined ? [] : await checkPlace(config);
  const repaired = job.repair && dataDir !== undefined ? await repairDataDir(dataDir, job.clock.now()) : undefined;
  const { check: database, examination } = examineDatabase(dataDir, job.onStep);
  return {
    checks: [
      ...checkMachine(),
      checkClock(job.clock.now(), examination?.newest),
      ...(check === undefined ? [] : [check]),
      ...place,
      ...(database === undefined ? [] : [database]),
      ...(dataDir === undefined ? [] : checkCollector(dataDir)),
    ],
    ...(examination !== undefined && { database: examination }),
    ...(repaired !== undefined && { repaired }),
    isConfigBad: check?.state === 'fail',
  };
}

/** Without a configuration a directory that was named can be examined all the same. */
function readConfig({ config: file, dataDir, env }: DoctorJob): {
  readonly check?: Check;
  readonly config?: LoadedConfig;
} {
  if (dataDir !== undefined && !existsSync(file)) return {};
  try {
    const says = checkEverything(file, env);
    const isGood = says.endsWith('all good');
    const config = loadConfig(file, env, dataDir === undefined ? {} : { dataDir });
    return { check: { name: 'config', state: isGood ? 'ok' : 'warn', says }, config };
  } catch (error) {
    if (!(error instanceof VigieError)) throw error;
    return { check: { name: 'config', state: 'fail', says: error.message } };
  }
}

/** The queues of a collector that keeps its data here. */
function checkCollector(dataDir: string): Check[] {
  const says = (state: Check['state'], text: string): Check[] => [{ name: 'collector', state, says: text }];
  try {
    const found = examineCollector(dataDir);
    if (found === 'none') return [];
    if (found === 'in_use') return says('ok', 'running: its queues can be examined when it is stopped');
    if (found === 'older') return says('warn', 'an earlier version wrote its queues: a start brings them up to date');
    const { batches, bytes, positions, findings } = found;
    const extent = `${batches} batches of ${bytes} bytes wait, ${positions} positions`;
    if (findings.length === 0) return says('ok', `sound: ${extent}`);
    return says('fail', `damaged in ${findings.length} places: ${extent}; ${findings.slice(0, MAX_TOLD).join('; ')}`);
  } catch (error) {
    return says('fail', messageOf(error));
  }
}

function examineDatabase(
  dataDir: string | undefined,
  onStep: OnStep,
): { readonly check?: Check; readonly examination?: Examination } {
  if (dataDir === undefined) return {};
  const says = (state: Check['state'], text: string): Check => ({ name: 'database', state, says: text });
  try {
    const found = examineDataDir(dataDir, onStep);
    if (found === 'none') return { check: says('ok', 'none yet: made by the first start') };
    if (found === 'older') return { check: says('warn', 'an earlier version wrote it: a start brings it up to date') };
    const { findings, series, pages, logBlocks, webLogDays } = found;
    const extent = `${series} series, ${pages} pages, ${logBlocks} log blocks, ${webLogDays} days of the web log`;
    const verdict = findings.length === 0 ? `sound: ${extent}` : `damaged in ${findings.length} places: ${extent}`;
    return { check: says(findings.length === 0 ? 'ok' : 'fail', verdict), examination: found };
  } catch (error) {
    return { check: says('fail', messageOf(error)) };
  }
}
