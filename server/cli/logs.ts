import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { systemClock } from '../model/clock.ts';
import { messageOf, VigieError } from '../model/errors.ts';
import { type LogContext, type LogLine, type LogPage, type LogTail, MAX_LOG_LIMIT } from '../model/logs.ts';
import { HOUR, type Ms, ms } from '../model/units.ts';
import { askServer, openStream, type ServerOptions } from './client.ts';
import { readEvents } from './event-source.ts';
import { type WriteLine, writeAsJson, writeForPeople, writeRaw } from './log-line.ts';
import { timeOf } from './moment-flag.ts';
import { examples, options } from './options.ts';
import { isRead, print, tell } from './terminal.ts';

interface LogsOptions extends ServerOptions {
  readonly since: string;
  readonly until?: string;
  readonly grep?: string;
  readonly regex?: string;
  readonly level?: string;
  readonly limit: string;
  readonly context?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly raw?: boolean;
}

const DEFAULT_LIMIT = 100;
const MAX_LINES = 1_000_000;
const RETRY_MS = 2000;

export function addLogs(program: Command): void {
  program
    .command('logs [selector]')
    .description('stored log lines of a running server: search them, follow them, take them away')
    .option('--since <time>', 'how far back: 90m, 2d, RFC 3339 or seconds', '1h')
    .option('--until <time>', 'up to when: the same (default: now)')
    .option('--grep <text>', 'lines that hold this text, upper and lower case alike')
    .option('--regex <pattern>', 'lines that match this pattern (RE2)')
    .option('--level <level>', 'lines of this level or worse: emerg alert crit err warning notice info debug')
    .option('--limit <n>', 'the newest N of them', String(DEFAULT_LIMIT))
    .option('--context <n>', 'with N lines before and after each, of the same stream')
    .option('-f, --follow', 'go on with what comes in')
    .option('--raw', 'the lines as they were written; not for a terminal')
    .addOption(options.server())
    .addOption(options.token())
    .addOption(options.json())
    .addHelpText(
      'before',
      examples([
        [`vigie logs '{service="shop"}' --level err`, 'errors of the last hour'],
        ['vigie logs --grep timeout --since 2d --context 5', 'with the lines around each'],
        [`vigie logs -f '{source="syslog"}'`, 'what comes in'],
        ['vigie logs --since 1d --limit 1000000 --raw > lines.txt', 'to take away'],
      ]),
    )
    .action(logs);
}

async function logs(selector: string | undefined, flags: LogsOptions): Promise<void> {
  const write = writerOf(flags);
  const conditions = { selector, text: flags.grep, regex: flags.regex, level: flags.level };
  if (flags.follow) return follow(flags, conditions, write);
  const now = systemClock.now();
  // The window of the API leaves its start out; who says "since midnight" means midnight too.
  const start = ms(timeOf('--since', flags.since, now) - 1);
  const end = timeOf('--until', flags.until ?? '0', now);
  const range = { start: String(start / 1000), end: String(end / 1000) };
  const lines = await newest(flags, { ...conditions, ...range }, countOf('--limit', flags.limit, MAX_LINES));
  if (lines.length === 0) tell(`no such line in this range${await whereElse(flags, selector, start)}`);
  if (flags.context === undefined) for (const line of lines) print(write(line));
  else await printWithContext(flags, lines, countOf('--context', flags.context, 500), write);
}

function writerOf({ json, raw }: LogsOptions): WriteLine {
  if (json) return writeAsJson;
  if (!raw) return writeForPeople;
  if (process.stdout.isTTY) {
    const fix = 'redirect it, or leave --raw out';
    throw new VigieError(
      'bad_request',
      `cannot write raw lines to a terminal: they may hold control sequences; ${fix}`,
    );
  }
  return writeRaw;
}

type Conditions = Readonly<Record<string, string | undefined>>;

/** The newest lines, oldest first. Tells when there are more, or when the server stopped looking. */
async function newest(server: ServerOptions, conditions: Conditions, limit: number): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let after: string | undefined; ; ) {
    const wanted = Math.min(limit - lines.length, MAX_LOG_LIMIT);
    const page = await askServer<LogPage>(server, pathOf('', { ...conditions, limit: String(wanted), after }));
    lines.push(...page.lines);
    const { next, partial } = page;
    if (next === undefined || lines.length >= limit) {
      if (partial !== undefined) tell('the server stopped looking: ask for less time, fewer streams or a longer text');
      else if (next !== undefined) tell(`the newest ${lines.length} lines; there are more (--limit)`);
      return lines.reverse();
    }
    after = `${next.time},${next.seq}`;
  }
}

/** Where the newest line is that is older than the range, of the streams asked for; nothing when there is none. */
async function whereElse(server: ServerOptions, selector: string | undefined, before: Ms): Promise<string> {
  const query = { selector, start: '0', end: String(before / 1000), limit: '1' };
  const { lines } = await askServer<LogPage>(server, pathOf('', query));
  const [newest] = lines;
  if (newest === undefined) return '';
  const [from, to] = [newest.time - HOUR, newest.time].map((time) => new Date(time).toISOString());
  return `; the newest before it is from ${to} (--since ${from} --until ${to})`;
}

async function printWithContext(
  server: ServerOptions,
  lines: readonly LogLine[],
  around: number,
  write: WriteLine,
): Promise<void> {
  const matches = new Set(lines.map(({ seq }) => seq));
  const printed = new Set<number>();
  let last: number | undefined;
  for (const { seq } of lines) {
    const query = { seq: String(seq), before: String(around), after: String(around) };
    const { before, line, after } = await askServer<LogContext>(server, pathOf('/context', query));
    const group = [...before, line, ...after].filter((candidate) => !printed.has(candidate.seq));
    const joins = group[0] === undefined || last === undefined || before.some((candidate) => candidate.seq === last);
    if (!joins) print('--');
    for (const member of group) {
      print(write(member, matches.has(member.seq) ? 'match' : 'context'));
      printed.add(member.seq);
      last = member.seq;
    }
  }
}

/** Goes on until it is interrupted. A connection that breaks is made again, and goes on where it was. */
async function follow(flags: LogsOptions, conditions: Conditions, write: WriteLine): Promise<void> {
  const last = String(Math.min(countOf('--limit', flags.limit, MAX_LINES), MAX_LOG_LIMIT));
  let seen: string | undefined;
  for (;;) {
    const headers: Record<string, string> = seen === undefined ? {} : { 'last-event-id': seen };
    try {
      const body = await openStream(flags, pathOf('/tail', { ...conditions, last }), headers);
      for await (const { id, data } of readEvents(body)) {
        for (const line of (JSON.parse(data) as LogTail).lines) print(write(line));
        if (!isRead()) return;
        seen = id;
      }
    } catch (error) {
      // What was wrong from the start stays wrong; a server that was there comes back.
      if (seen === undefined) throw error;
      tell(`the stream broke off (${messageOf(error)}); trying again`);
    }
    await sleep(RETRY_MS);
  }
}

function pathOf(path: string, query: Conditions): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/api/vigie/logs${path}?${new URLSearchParams(given)}`;
}

function countOf(flag: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= most) return count;
  throw new VigieError('bad_request', `cannot use ${flag} ${JSON.stringify(text)}: want a whole number up to ${most}`);
}
