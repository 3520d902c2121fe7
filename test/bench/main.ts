import { cpus, loadavg } from 'node:os';
import { benchAccessLog, type LogTiming } from './access-log.ts';
import { benchIngest } from './ingest.ts';
import { benchPictures } from './pictures.ts';
import { benchQueries, benchYear, type QueryTiming } from './queries.ts';
import { benchRemoteWrite } from './remote-write.ts';
import { benchSyslog } from './syslog.ts';
import { benchTransforms } from './transforms.ts';

const DEFAULT_LINES = 1_000_000;
const ROUNDS = 3;

/** What is measured, by the name it is asked for. */
const PARTS: Readonly<Record<string, (lines: number) => Promise<void>>> = {
  'access-log': printAccessLogs,
  transforms: async (lines) => printTransforms(lines),
  increments: printIncrements,
  'remote-write': printRemoteWrite,
  queries: () => printQueries(Number(process.env.VIGIE_BENCH_HOURS ?? QUERY_HOURS)),
  year: printYear,
  syslog: (lines) => printSyslog(lines / 2),
  pictures: printPictures,
};

/** Prints one report: of the parts that are named, or of all. A number is that of log lines, if the default is too many for this machine. */
export async function bench(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !/^\d+$/.test(arg));
  const lines = Number(args.find((arg) => /^\d+$/.test(arg)) ?? DEFAULT_LINES);
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    throw new Error(
      `cannot measure ${JSON.stringify(unknown)}; want a number of lines or any of ${Object.keys(PARTS).join(', ')}`,
    );
  }
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${lines} lines, ${ROUNDS} rounds, medians`,
  );
  console.log('Absolute figures drift with the machine; compare rows of one run.');
  for (const [name, measure] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n${name}, at a load of ${loadavg()[0]?.toFixed(1)}`);
    await measure(lines);
  }
}

async function printIncrements(): Promise<void> {
  console.log('Increments over HTTP, acknowledged after their commit');
  for (const size of [100, 5_000]) {
    const { increments, wall_secs, cpu_secs } = await benchIngest(size);
    console.log(
      `  ${String(size).padStart(5)} a batch  ${rate(increments, wall_secs)} increments/s  ${rate(increments, cpu_secs)} per server CPU-second`,
    );
  }
}

const REMOTE_WRITE_HOURS = 2;
const SETTLE_MS = 10_000;

async function printRemoteWrite(): Promise<void> {
  console.log(
    `Remote write of 10,000 counters every 15 s, ${REMOTE_WRITE_HOURS} h of them, a quarter to each server in turn, the first not counted; CPU also ${SETTLE_MS / 1000} s later`,
  );
  const timings = await benchRemoteWrite(REMOTE_WRITE_HOURS, SETTLE_MS);
  const ours = timings[0]?.cpu_secs ?? Number.NaN;
  for (const { name, samples, wall_secs, cpu_secs, settled_cpu_secs } of timings) {
    const perCpu = `${rate(samples, cpu_secs)} per server CPU-second, ${rate(samples, settled_cpu_secs)} with what was put off`;
    const ratio = `we take ${(cpu_secs / ours).toFixed(2)} times as many`;
    console.log(`  ${name.padEnd(34)} ${rate(samples, wall_secs)} samples/s  ${perCpu}  ${ratio}`);
  }
}

/** `VIGIE_BENCH_HOURS` sets another; every hour is 2,400,000 samples for each server to take. */
const QUERY_HOURS = 6;
const QUERIES = 100;
const YEAR_QUERIES = 40;

/** Answers of query_range beside those of the other servers, as printed by `npm run bench`. */
async function printQueries(hours: number): Promise<void> {
  console.log(
    `query_range over ${hours} h of 10,000 counters every 15 s, one question at a time, each to every server in turn`,
  );
  printAnswers(await benchQueries(hours, QUERIES));
}

async function printYear(): Promise<void> {
  console.log(
    'query_range over a year of 100 counters every 5 min, of which slots of 1 h are left; nobody else keeps such',
  );
  printAnswers(await benchYear(YEAR_QUERIES));
}

function printAnswers(timings: readonly QueryTiming[]): void {
  for (const question of new Set(timings.map((timing) => timing.question))) {
    const answers = timings.filter((timing) => timing.question === question);
    console.log(`  ${question} (${answers[0]?.bytes ?? 0} bytes)`);
    const [p50, p99] = [quantile(answers[0], 0.5), quantile(answers[0], 0.99)];
    for (const answer of answers) {
      const [its50, its99] = [quantile(answer, 0.5), quantile(answer, 0.99)];
      const ratios = `${(its50 / p50).toFixed(2)}x and ${(its99 / p99).toFixed(2)}x our time`;
      console.log(
        `    ${answer.server.padEnd(32)} p50 ${its50.toFixed(2)} ms  p99 ${its99.toFixed(2)} ms  ${answer.cpu_ms.toFixed(1)} CPU ms  ${ratios}`,
      );
    }
  }
}

function quantile(timing: { readonly sorted_ms: readonly number[] } | undefined, share: number): number {
  const sorted = timing?.sorted_ms ?? [];
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

const PICTURES = 200;

async function printPictures(): Promise<void> {
  console.log('A day of an interface as a picture of 600 x 200, warm');
  const timings = await benchPictures(PICTURES);
  const ours = timings[0];
  for (const timing of timings) {
    const figures = [0.5, 0.99].map((share) => {
      const its = quantile(timing, share);
      return `p${share * 100} ${its.toFixed(1)} ms, ${(its / quantile(ours, share)).toFixed(2)}x our PNG's`;
    });
    console.log(`  ${timing.name.padEnd(34)} ${figures.join('  ')}`);
  }
}

const UDP_PER_SEC = 50_000;

async function printSyslog(messages: number): Promise<void> {
  console.log(`Syslog, messages of 200 bytes; UDP at ${UDP_PER_SEC}/s for 5 s`);
  for (const { name, sent, received, wall_secs, cpu_secs } of await benchSyslog(messages, UDP_PER_SEC)) {
    const lost = (100 * (sent - received)) / sent;
    const cpuPerMillion = (cpu_secs / received) * 1e6;
    console.log(
      `  ${name.padEnd(34)} ${rate(received, wall_secs)} messages/s  ${cpuPerMillion.toFixed(2)} CPU s per million  ${lost.toFixed(2)} % lost`,
    );
  }
}

async function printAccessLogs(lines: number): Promise<void> {
  const { bytes, rounds } = await benchAccessLog(lines, ROUNDS);
  printAccessLog(lines, bytes, rounds);
}

function printAccessLog(lines: number, bytes: number, rounds: readonly (readonly LogTiming[])[]): void {
  console.log(`Access log (${(bytes / 1e6).toFixed(0)} MB)`);
  const names = rounds[0]?.map((timing) => timing.name) ?? [];
  const ours = names[0] ?? '';
  for (const name of names) {
    const wall = median(rounds.map((round) => timingOf(round, name).wall_secs));
    const cpu = median(rounds.map((round) => timingOf(round, name).cpu_secs));
    const ratio = median(rounds.map((round) => timingOf(round, name).wall_secs / timingOf(round, ours).wall_secs));
    console.log(
      `  ${name.padEnd(34)} ${wall.toFixed(2)} s  ${cpu.toFixed(2)} CPU s  ${rate(lines, wall)} lines/s  ${(bytes / 1e6 / wall).toFixed(0)} MB/s  ${ratio.toFixed(2)}x our time`,
    );
  }
}

function printTransforms(lines: number): void {
  const { parse_secs, parse_and_count_secs } = benchTransforms(lines, 2 * ROUNDS + 1);
  console.log('Transforms alone, lines in memory');
  console.log(`  parse                  ${rate(lines, median(parse_secs))} lines per CPU-second`);
  console.log(`  parse + log_to_metric  ${rate(lines, median(parse_and_count_secs))} lines per CPU-second`);
}

function timingOf(round: readonly LogTiming[], name: string): LogTiming {
  const timing = round.find((candidate) => candidate.name === name);
  if (timing === undefined) throw new Error(`no timing of ${name}`);
  return timing;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rate(count: number, secs: number): string {
  return Math.round(count / secs)
    .toLocaleString('en')
    .padStart(9);
}
