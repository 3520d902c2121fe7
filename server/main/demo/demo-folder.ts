import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SLO_SCHEMA_FILE } from '../../../rules/files/editor-line.ts';
import { refuseDataDirInUse } from '../../engine/data-dir-use.ts';
import { fileCause, VigieError } from '../../model/errors.ts';
import { HOUR, type Ms, ms } from '../../model/units.ts';
import { VERSION } from '../../model/version.ts';
import { makeFolder } from '../../runtime/folder.ts';
import { jsonSchemaText } from '../json-schemas.ts';
import {
  CONFIG_SCHEMA_FILE,
  configPath,
  configText,
  type DemoAddresses,
  dataDirOf,
  HOSTS,
  SLO_TEXT,
} from './demo-config.ts';
import type { DemoPlan } from './story.ts';

/** Tells our folders from others, and a whole demo from one whose making was interrupted. */
const MARK = 'demo.json';
/** An older one is made anew: its burn of "now" would be history. */
const RECENT = ms(6 * HOUR);

const markSchema = z.object({
  vigie: z.string(),
  whole: z.boolean(),
  plan: z.object({ seed: z.number(), days: z.number(), lines: z.number(), end: z.number() }),
});

/** The plan of the demo that lies in a folder, when it is recent, whole, and made as wished. */
export function recentPlan(folder: string, wish: Omit<DemoPlan, 'end'>, now: Ms): DemoPlan | undefined {
  const mark = readMark(folder);
  if (mark === undefined || !mark.whole || mark.vigie !== VERSION) return undefined;
  const { seed, days, lines, end } = mark.plan;
  const asWished = seed === wish.seed && days === wish.days && lines === wish.lines;
  return asWished && end <= now && now - end < RECENT ? { seed, days, lines, end: ms(end) } : undefined;
}

/**
 * Clears the folder for a new demo. Throws VigieError `conflict` for a folder that was not made by a demo, and `data_dir_locked`
 * while another one runs in it.
 */
export function clearFolder(folder: string, plan: DemoPlan): void {
  makeFolder(folder);
  const names = readdirSync(folder);
  if (names.length > 0 && readMark(folder) === undefined) {
    throw new VigieError(
      'conflict',
      `cannot make a demo in ${folder}: it holds ${names[0]}, which is not of a demo; name an empty folder with --data-dir`,
    );
  }
  if (names.length > 0) refuseDataDirInUse(dataDirOf(folder));
  // The mark stays: what is left of an interrupted clearing is still ours.
  for (const name of names) if (name !== MARK) rmSync(join(folder, name), { recursive: true, force: true });
  writeMark(folder, plan, false);
}

export function markWhole(folder: string, plan: DemoPlan): void {
  writeMark(folder, plan, true);
}

/** Writes the configurations of all machines and the SLOs. */
export function writeConfigs(addresses: DemoAddresses): void {
  const { folder } = addresses;
  for (const host of HOSTS) writeFileSync(configPath(folder, host), configText(host, addresses));
  const slos = join(folder, 'slos');
  makeFolder(slos);
  writeFileSync(join(slos, 'shop.yaml'), SLO_TEXT);
  writeFileSync(join(slos, SLO_SCHEMA_FILE), jsonSchemaText('slo'));
  writeFileSync(join(folder, CONFIG_SCHEMA_FILE), jsonSchemaText('config'));
}

function writeMark(folder: string, plan: DemoPlan, whole: boolean): void {
  writeFileSync(join(folder, MARK), `${JSON.stringify({ vigie: VERSION, whole, plan })}\n`);
}

function readMark(folder: string): z.output<typeof markSchema> | undefined {
  const path = join(folder, MARK);
  if (!existsSync(path)) return undefined;
  try {
    return markSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new VigieError('conflict', `cannot read ${path}: ${fileCause(error)}; remove it or name another folder`, {
      cause: error,
    });
  }
}
