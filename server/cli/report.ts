import { statSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { isDay } from '../model/calendar-day.ts';
import { systemClock } from '../model/clock.ts';
import { fileCause, VigieError } from '../model/errors.ts';
import { REPORT_FORMATS, type ReportFormat, type WebLogQuery } from '../model/web-log.ts';
import { LANGUAGES, type Language } from '../model/words/words.ts';
import { examples } from './options.ts';
import { addSloReport } from './slo-report.ts';

interface ReportFlags {
  readonly output: string;
  readonly format?: ReportFormat;
  readonly timezone?: string;
  readonly vhost?: string;
  readonly from?: string;
  readonly to?: string;
  readonly lang: Language;
  readonly top: string;
}

const STDOUT = '-';
const MAX_TOP = 100_000;
const PROGRESS_MS = 100;

export function addReport(program: Command): void {
  const command = program
    .command('report <log...>')
    .description('the web-log report of access logs, without a server; gzip is undone, - is standard input')
    .option('-o, --output <file>', 'where it goes; its extension tells the format, - is standard output', STDOUT)
    .addOption(new Option('--format <format>', 'format, whatever the extension').choices(REPORT_FORMATS))
    .option('--timezone <zone>', 'zone of the days, such as Europe/Paris (default: that of this machine)')
    .option('--vhost <name>', 'only this virtual host')
    .option('--from <day>', 'first day, such as 2026-01-31')
    .option('--to <day>', 'last day')
    .addOption(new Option('--lang <language>', 'language of the words').choices([...LANGUAGES]).default('en'))
    .option('--top <rows>', 'rows of each table', '30')
    .addHelpText(
      'before',
      examples([
        ['vigie report /var/log/apache2/access.log', 'as text'],
        ['vigie report /var/log/nginx/access.log* -o report.html', 'as one page, rotated and compressed logs too'],
        ['zcat -f access.log* | vigie report - --format json', 'what another program counts on'],
      ]),
    )
    .action(report);
  addSloReport(command);
}

async function report(logs: string[], flags: ReportFlags): Promise<void> {
  const format = formatOf(flags);
  const progress = new Progress(logs);
  const { reportOnLogs } = await import('../main/report.ts');
  const text = await reportOnLogs({
    logs,
    format,
    query: queryOf(flags),
    timezone: zoneOf(flags.timezone),
    language: flags.lang,
    now: systemClock.now(),
    onProgress: (bytes) => progress.show(bytes),
  }).finally(() => progress.clear());
  if (flags.output === STDOUT) process.stdout.write(text);
  else writeReport(flags.output, text);
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new VigieError('bad_request', `cannot write ${file}: ${fileCause(error)}`, { cause: error });
  }
}

function formatOf({ output, format }: ReportFlags): ReportFormat {
  if (format !== undefined) return format;
  if (output === STDOUT) return 'txt';
  const extension = extname(output).slice(1);
  const found = REPORT_FORMATS.find((known) => known === extension);
  if (found !== undefined) return found;
  throw new VigieError(
    'bad_request',
    `cannot tell the format of ${output}: want .${REPORT_FORMATS.join(', .')}, or --format`,
  );
}

function queryOf({ vhost, from, to, top }: ReportFlags): WebLogQuery {
  const limit = Number(top);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_TOP)
    throw new VigieError('bad_request', `cannot list ${top} rows: want 1 to ${MAX_TOP}`);
  return {
    limit,
    ...(vhost === undefined ? {} : { vhost: vhost.toLowerCase() }),
    ...(from === undefined ? {} : { from: dayOf(from) }),
    ...(to === undefined ? {} : { to: dayOf(to) }),
  };
}

function dayOf(text: string): string {
  if (isDay(text)) return text;
  throw new VigieError('bad_request', `cannot read day ${JSON.stringify(text)}: want one such as 2026-01-31`);
}

function zoneOf(timeZone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new VigieError(
      'bad_request',
      `cannot use time zone ${JSON.stringify(timeZone)}: want one such as Europe/Paris`,
    );
  }
}

/** How far the reading is, on stderr, for a person who waits. */
class Progress {
  readonly #total: number;
  readonly #wanted = process.stderr.isTTY === true;
  #next = 0;

  constructor(logs: readonly string[]) {
    this.#total = logs.reduce((sum, log) => sum + sizeOf(log), 0);
  }

  show(bytes: number): void {
    if (!this.#wanted || systemClock.now() < this.#next) return;
    this.#next = systemClock.now() + PROGRESS_MS;
    const share = Number.isNaN(this.#total) ? '' : ` ${Math.floor((100 * bytes) / this.#total)} %`;
    process.stderr.write(`\r${(bytes / 1e6).toFixed(0)} MB read${share}\u001b[K`);
  }

  clear(): void {
    if (this.#wanted && this.#next > 0) process.stderr.write('\r\u001b[K');
  }
}

/** Not a number where nobody knows: who reads the log says why. */
function sizeOf(log: string): number {
  try {
    return statSync(log).size;
  } catch {
    return Number.NaN;
  }
}
