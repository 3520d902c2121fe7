import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineOptions, openEngine } from '../../server/engine/engine.ts';
import type { Clock } from '../../server/model/clock.ts';
import type { Engine } from '../../server/model/engine.ts';
import { createLog } from '../../server/runtime/log.ts';

export type EnginePoint = Parameters<NonNullable<EngineOptions['onPoint']>>[0];

/** The real engine, whose process dies and is started again, in one process and in milliseconds. */
export interface MortalEngine {
  /** The one that lives now. */
  readonly engine: Engine;
  /** Lets it die when it comes by a point: what it does after that is lost. */
  dieAt(point: EnginePoint): void;
  /** Whether it died: whatever it answered since, nobody heard. */
  dead(): boolean;
  /** Starts it again where it died: here, unless it is dead already. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A killed process leaves to the next one what it had written. */
const FILES = ['vigie.sqlite', 'vigie.sqlite-wal'];

/** Each life has a folder of its own below `folder`, that begins as a copy of the last one's at the moment of its death. */
export function openMortalEngine(
  folder: string,
  clock: Clock,
  options: Pick<EngineOptions, 'rings' | 'dataSources'> = {},
): MortalEngine {
  let life = 0;
  let point: EnginePoint | undefined;
  let isDead = false;
  const dataDir = (): string => join(folder, String(life));
  const die = (): void => {
    const next = join(folder, String(life + 1));
    mkdirSync(next, { recursive: true });
    for (const name of FILES) {
      if (existsSync(join(dataDir(), name))) copyFileSync(join(dataDir(), name), join(next, name));
    }
    isDead = true;
    point = undefined;
  };
  const open = (): Engine =>
    openEngine({
      ...options,
      dataDir: dataDir(),
      clock,
      log: createLog('store', { write: () => {} }),
      onPoint: (name) => {
        if (name === point) die();
      },
    });
  let engine = open();
  return {
    get engine() {
      return engine;
    },
    dieAt: (name) => {
      point = name;
    },
    dead: () => isDead,
    restart: async () => {
      if (!isDead) die();
      await engine.close();
      life++;
      isDead = false;
      engine = open();
    },
    close: () => engine.close(),
  };
}
