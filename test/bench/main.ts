import { cpus } from 'node:os';
import { benchAccessLog, type LogTiming } from './access-log.ts';
import { benchIngest } from './ingest.ts';
import { benchPictures } from './pictures.ts';
import { benchQueries, benchYear, type QueryTiming } from './queries.ts';
import { benchRemoteWrite } from './remote-write.ts';
import { benchSyslog } from './syslog.ts';
import { benchTransforms } from './transforms.ts';

const DEFAULT_LINES = 1_000_000;
const ROUNDS = 3;

/** Prints one report. The first argument is the number of log lines, if the default is too many for this machine. */
export async function bench(args: readonly string[]): Promise<void> {
  const lines = Number(args[0] ?? DEFAULT_LINES);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, ${lines} lines, ${ROUNDS} rounds, medians`,
  );
  console.log('Absolute figures drift with the machine; compare rows of one run.\n');
  const accessLog = await benchAccessLog(lines, ROUNDS);
  printAccessLog(lines, accessLog.bytes, accessLog.rounds);
  printTransforms(lines);
  console.log('\nIncrements over HTTP, acknowledged after their commit');
  for (const size of [100, 5_000]) {
    const { increments, wall_secs, cpu_secs } = await benchIngest(size);
    console.log(
      `  ${String(size).padStart(5)} a batch  ${rate(increments, wall_secs)} increments/s  ${rate(increments, cpu_secs)} per server CPU-second`,
    );
  }
  await printRemoteWrite();
  await printQueries(Number(process.env.VIGIE_BENCH_HOURS ?? QUERY_HOURS));
  await printSyslog(lines / 2);
  await printPictures();
}

const REMOTE_WRITE_HOURS = 1;
const SETTLE_MS = 10_000;

async function printRemoteWrite(): Promise<void> {
  console.log(
    `\nRemote write of 10,000 counters every 15 s, ${REMOTE_WRITE_HOURS} h of them; CPU also ${SETTLE_MS / 1000} s later`,
  );
  for (const { name, samples, wall_secs, cpu_secs, settled_cpu_secs } of await benchRemoteWrite(
    REMOTE_WRITE_HOURS,
    SETTLE_MS,
  )) {
    const perCpu = `${rate(samples, cpu_secs)} per server CPU-second, ${rate(samples, settled_cpu_secs)} with what was put off`;
    console.log(`  ${name.padEnd(34)} ${rate(samples, wall_secs)} samples/s  ${perCpu}`);
  }
}

/** `VIGIE_BENCH_HOURS` sets another; every hour is 2,400,000 samples for each server to take. */
const QUERY_HOURS = 6;
const QUERIES = 100;
const YEAR_QUERIES = 10;

/** Answers of query_range beside those of the other servers, as printed by `npm run bench`. */
async function printQueries(hours: number): Promise<void> {
  console.log(
    `\nquery_range over ${hours} h of 10,000 counters every 15 s, one question at a time, each to every server in turn`,
  );
  printAnswers(await benchQueries(hours, QUERIES));
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
      console.log(`    ${answer.server.padEnd(32)} p50 ${its50.toFixed(2)} ms  p99 ${its99.toFixed(2)} ms  ${ratios}`);
    }
  }
}

function quantile(timing: { readonly sorted_ms: readonly number[] } | undefined, share: number): number {
  const sorted = timing?.sorted_ms ?? [];
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

const PICTURES = 200;

async function printPictures(): Promise<void> {
  console.log('\nA day of an interface as a picture of 600 x 200, warm');
  for (const timing of await benchPictures(PICTURES)) {
    const at = (share: number): string => quantile(timing, share).toFixed(1);
    console.log(`  ${timing.name.padEnd(34)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms`);
  }
}

const UDP_PER_SEC = 50_000;

async function printSyslog(messages: number): Promise<void> {
  console.log(`\nSyslog, messages of 200 bytes; UDP at ${UDP_PER_SEC}/s for 5 s`);
  for (const { name, sent, received, wall_secs, cpu_secs } of await benchSyslog(messages, UDP_PER_SEC)) {
    const lost = (100 * (sent - received)) / sent;
    const cpuPerMillion = (cpu_secs / received) * 1e6;
    console.log(
      `  ${name.padEnd(34)} ${rate(received, wall_secs)} messages/s  ${cpuPerMillion.toFixed(2)} CPU s per million  ${lost.toFixed(2)} % lost`,
    );
  }
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
  console.log('\nTransforms alone, lines in memory');
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
