import { existsSync } from 'node:fs';
import type { Engine } from '../model/engine.ts';
import type { RingReload, SloReload } from '../model/slo.ts';
import { type LoadedConfig, loadConfig } from './config.ts';

/**
 * A reload that has the store take up the rings of the configuration first; the rest of the file is for the next start. It rejects with
 * `bad_config` and every problem of the file, with nothing changed.
 */
export function withRings(
  engine: Engine,
  { file }: LoadedConfig,
  reload: () => Promise<SloReload>,
): () => Promise<SloReload> {
  return async () => {
    // Of the demo there is no file.
    const rings = existsSync(file) ? await takeUpRings(engine, file) : undefined;
    return { ...(await reload()), ...(rings !== undefined && { rings }) };
  };
}

async function takeUpRings(engine: Engine, file: string): Promise<RingReload> {
  const profiles = await engine.chooseRings(loadConfig(file, process.env).store.rings);
  return {
    profiles: profiles.filter(({ retired }) => retired !== true).length,
    waiting: profiles.reduce((sum, { waiting }) => sum + waiting, 0),
  };
}
