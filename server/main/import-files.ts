import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { startEngineThread } from '../engine/remote-engine.ts';
import { systemClock } from '../model/clock.ts';
import type { ImportVerdict } from '../model/engine.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { loadConfig } from './config.ts';
import { engineOptions } from './store-options.ts';

/** Sent at once: some ten thousand lines. */
const PART_BYTES = 2 ** 20;
const NEWLINE = 10;

/** What became of all files. */
export interface ImportOutcome {
  accepted: number;
  known: number;
  bad_lines: number;
  /** `file:line: cause` of the first bad line. */
  first_bad?: string;
  /** By reason, with the first of each. */
  readonly refused: Record<string, { count: number; readonly first: string }>;
}

export type SendPart = (part: Uint8Array) => Promise<ImportVerdict>;

/**
 * Sends files, whole lines at a time, each part when the one before is on disk; names that end in .gz are unpacked, `-` is standard input.
 * Rejects with `bad_request` when a file cannot be read, and as `send` does: what was sent is there, and is known when it comes again.
 */
export async function importFiles(files: readonly string[], send: SendPart): Promise<ImportOutcome> {
  const outcome: ImportOutcome = { accepted: 0, known: 0, bad_lines: 0, refused: {} };
  for (const file of files) {
    for await (const { text, line, isPrefixed } of partsOf(file)) {
      add(outcome, await send(text), `${file}:`, line - Number(isPrefixed));
    }
  }
  return outcome;
}

/** Does the same with the store of a stopped server. Rejects with `data_dir_locked` when one is running. */
export async function importIntoDataDir(
  files: readonly string[],
  { config, dataDir }: { readonly config: string; readonly dataDir: string },
): Promise<ImportOutcome> {
  const { engine } = await startEngineThread(engineOptions(loadConfig(config, process.env, { dataDir })));
  try {
    return await importFiles(files, (part) => engine.importText(part, systemClock.now()));
  } finally {
    await engine.close();
  }
}

interface Part {
  readonly text: Uint8Array;
  /** Lines of the file before it. */
  readonly line: number;
  /** A line in front says the type of the family that goes on. */
  readonly isPrefixed: boolean;
}

async function* partsOf(file: string): AsyncGenerator<Part> {
  let rest = Buffer.alloc(0);
  let line = 0;
  let type = '';
  const cut = (end: number): Part => {
    const body = rest.subarray(0, end);
    const part = { text: Buffer.concat([Buffer.from(type), body]), line, isPrefixed: type !== '' };
    for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) line++;
    type = lastType(body) ?? type;
    rest = rest.subarray(end);
    return part;
  };
  for await (const chunk of readFile(file)) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length > PART_BYTES) {
      const end = rest.lastIndexOf(NEWLINE, PART_BYTES - 1) + 1;
      if (end === 0)
        throw new VigieError(
          'bad_request',
          `cannot import ${file}:${line + 1}: got a line of more than ${PART_BYTES} bytes`,
        );
      yield cut(end);
    }
  }
  if (rest.length > 0) yield cut(rest.length);
}

/** The last line of a part that says the type of a family. */
function lastType(body: Buffer): string | undefined {
  const at = body.lastIndexOf('\n# TYPE ') + 1;
  const start = at > 0 ? at : body.indexOf('# TYPE ') === 0 ? 0 : -1;
  if (start < 0) return undefined;
  const end = body.indexOf(NEWLINE, start);
  return end < 0 ? undefined : body.toString('utf8', start, end + 1);
}

async function* readFile(file: string): AsyncGenerator<Buffer> {
  try {
    yield* open(file) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new VigieError('bad_request', `cannot read ${file}: ${fileCause(error)}`, { cause: error });
  }
}

function open(file: string): Readable {
  if (file === '-') return process.stdin;
  if (statSync(file).isDirectory()) throw new Error('it is a directory');
  const bytes = createReadStream(file);
  if (!file.endsWith('.gz')) return bytes;
  const unpacked = createGunzip();
  return bytes.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
}

function add(outcome: ImportOutcome, verdict: ImportVerdict, place: string, line: number): void {
  outcome.accepted += verdict.accepted;
  outcome.known += verdict.known;
  outcome.bad_lines += verdict.badLines;
  const { firstBad } = verdict;
  if (firstBad !== undefined) outcome.first_bad ??= `${place}${line + firstBad.line}: ${firstBad.cause}`;
  for (const { reason, count, first } of verdict.refusals) {
    const known = outcome.refused[reason];
    if (known === undefined) outcome.refused[reason] = { count, first };
    else known.count += count;
  }
}
