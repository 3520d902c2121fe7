import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from './project.ts';

/** Built by `npx tsc -b`, like everything a child process runs. */
const PROGRAM = join(projectRoot, 'dist', 'test', 'crash', 'victim.js');

export const COLLECTOR_POINTS = [
  'collector before_commit',
  'collector between_commit_and_send',
  'collector after_send',
] as const;
export const STORE_POINTS = [
  'store before_commit',
  'store after_commit',
  'store during_flush',
  'store during_merge',
] as const;
export type Point = (typeof COLLECTOR_POINTS)[number] | (typeof STORE_POINTS)[number];

/** When a victim ends itself: the `visit`-th time (from 1) it comes by the point. */
export interface Death {
  readonly point: Point;
  readonly visit: number;
}

/** What a victim says when the server sends its collector back to what the server holds. */
export const REWIND = 'rewind';

export type Role = 'embedded' | 'collector' | 'server';

export interface VictimOrder {
  readonly role: Role;
  /** Holds `vigie.yaml`; data lies in `<folder>/<role>`. */
  readonly folder: string;
  /** Where the server listens, on loopback. */
  readonly port: number;
  readonly death?: Death;
}

export interface Victim {
  alive(): boolean;
  /** Resolves when it is gone with the point at which it ended itself; undefined when it was ended from outside. */
  readonly ended: Promise<string | undefined>;
  /** How often the server sent it back. */
  rewinds(): number;
  /** Everything it wrote to stderr. */
  output(): string;
  kill(): Promise<void>;
}

/** Starts a victim and waits until its server listens, or it died as ordered. Rejects with its words when it ends first. */
export async function startVictim(order: VictimOrder): Promise<Victim> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = gather(child.stdout);
  const output = gather(child.stderr);
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  // What the last victim left to flush or merge is due at once: the next may die of it before it listens.
  const isDead = order.death !== undefined && told().startsWith(order.death.point);
  if (!isDead && !told().startsWith('ready\n')) throw new Error(`a victim did not start:\n${output()}`);
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    alive,
    output,
    rewinds: () => linesOf(told()).filter((line) => line === REWIND).length,
    ended: closed.then(() => lastWord(child, told(), output())),
    kill: async () => {
      if (alive()) child.kill('SIGKILL');
      await closed;
    },
  };
}

function lastWord({ signalCode }: ChildProcess, told: string, output: string): string | undefined {
  if (signalCode !== 'SIGKILL') throw new Error(`a victim ended by itself:\n${output}`);
  return linesOf(told).findLast((line) => line !== 'ready' && line !== REWIND);
}

function linesOf(text: string): string[] {
  return text.trim().split('\n');
}

function gather(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  return () => text;
}
