import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './project.ts';

const PROGRAM = join(projectRoot, 'server', 'cli', 'vigie.mjs');
const START_TIMEOUT_MS = 240_000;

export interface VigieProcess {
  readonly child: ChildProcess;
  /** Everything it wrote to stderr so far. */
  output(): string;
  /** The address it told; only for processes that listen. */
  readonly url: string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Sends a signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the real program, behind a command such as setpriv when one is given, and waits until it says that it runs. Rejects with its words when it ends first. */
export async function startVigie(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
  behind: readonly string[] = [],
): Promise<VigieProcess> {
  const [command = process.execPath, ...words] = [...behind, process.execPath, PROGRAM, ...args];
  const child = spawn(command, words, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  const exited = once(child, 'exit');
  child.stderr.setEncoding('utf8');
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`vigie ${args.join(' ')} said nothing:\n${output}`)),
      START_TIMEOUT_MS,
    );
    child.stderr.on('data', (text: string) => {
      output += text;
      const told = /^(?:Open {4}|Sends {3}to )(\S+)/m.exec(output);
      if (told === null) return;
      clearTimeout(timer);
      resolve(told[1] ?? '');
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`vigie ${args.join(' ')} ended with ${code}:\n${output}`));
    });
  });
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    child,
    url,
    output: () => output,
    stop,
    kill: async () => {
      await stop('SIGKILL');
    },
  };
}

/** Stops it as Ctrl-C does, and kills it when that takes longer. */
export async function stopWithin(vigie: VigieProcess, limit_ms: number): Promise<number | null | 'still running'> {
  const late = new AbortController();
  const limit = sleep(limit_ms, 'still running' as const, { signal: late.signal }).catch(() => null);
  const ended = await Promise.race([vigie.stop(), limit]);
  late.abort();
  if (ended === 'still running') await vigie.kill();
  return ended;
}

/** Runs one command of the program to its end. */
export async function runVigie(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
