import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { isDay } from '../model/calendar-day.ts';
import { VigieError } from '../model/errors.ts';
import { REPORT_PERIODS, SLO_REPORT_FORMATS, type SloReportFormat } from '../model/slo-report.ts';
import { isZone, localZone } from '../model/zones.ts';
import { downloadFrom } from './client.ts';
import { examples, options } from './options.ts';
import { writeOutput } from './output-file.ts';
import type { AskOptions } from './server-command.ts';
import { printableLines } from './terminal.ts';

interface SloReportFlags extends AskOptions {
  readonly period: string;
  readonly at?: string;
  readonly timezone?: string;
  readonly output: string;
  readonly lang: string;
}

const STDOUT = '-';

/** `vigie report slo`, below `vigie report LOG...`, whose flags it shares: they stand where it finds them. */
export function addSloReport(report: Command): void {
  report
    .command('slo')
    .description(
      'every SLO of a running server over a week, month or quarter: attained, budget, worst days, alerts, trend',
    )
    .addOption(options.server())
    .addOption(options.token())
    .addOption(new Option('--period <period>', 'calendar period').choices(REPORT_PERIODS).default('week'))
    .option('--at <date>', 'a day in the period, such as 2026-11-03 (default: the last period that is over)')
    .option('--timezone <zone>', 'zone of the days, such as Europe/Paris (default: that of this machine)')
    .option('-o, --output <file>', 'where it goes: .html, .md or .json; - is standard output, as Markdown', STDOUT)
    .option('--lang <language>', 'en or fr', 'en')
    .addHelpText(
      'before',
      examples([
        ['vigie report slo', 'last week, as Markdown'],
        ['vigie report slo --period month --at 2026-10-01 -o october.html', 'October as one page'],
        ['vigie report slo --period quarter --lang fr -o trimestre.md', 'the last quarter, in French'],
      ]),
    )
    .action(sloReport);
}

async function sloReport(_: unknown, command: Command): Promise<void> {
  const {
    period,
    at,
    timezone: zone = localZone(),
    output,
    lang,
    ...flags
  } = command.optsWithGlobals<SloReportFlags>();
  if (!isZone(zone)) {
    throw new VigieError('bad_request', `cannot use time zone ${JSON.stringify(zone)}: want one such as Europe/Paris`);
  }
  const question = new URLSearchParams({ period, zone, lang, ...(at !== undefined && { at: dayOf(at) }) });
  const bytes = await downloadFrom(flags, `/api/vigie/reports/slos.${formatOf(output)}?${question}`);
  if (output === STDOUT) process.stdout.write(printableLines(new TextDecoder().decode(bytes)));
  else writeOutput(output, bytes);
}

function formatOf(output: string): SloReportFormat {
  if (output === STDOUT) return 'md';
  const found = SLO_REPORT_FORMATS.find((format) => extname(output) === `.${format}`);
  if (found !== undefined) return found;
  const known = SLO_REPORT_FORMATS.map((format) => `.${format}`).join(', ');
  throw new VigieError('bad_request', `cannot tell the format of ${output}: want ${known}`);
}

/** The server takes it for one of the zone. */
function dayOf(text: string): string {
  if (isDay(text)) return text;
  throw new VigieError('bad_request', `cannot read day ${JSON.stringify(text)}: want one such as 2026-01-31`);
}
