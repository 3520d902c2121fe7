import { UNOWNED } from '../model/slo.ts';
import type { SloReport, SloReportEntry, SloReportResult } from '../model/slo-report.ts';
import { type SloName, sloNamesIn } from '../model/words/slo-name-text.ts';
import { titleText } from '../model/words/slo-title.ts';
import type { Language } from '../model/words/words.ts';
import { entryLines, windowArgs } from './entry-lines.ts';
import { type ReportSpeech, reportSpeech } from './report-speech.ts';

/** A report in words: what every format shows. Texts may hold anything; each format escapes in its own way. */
export interface ReportView {
  readonly language: Language;
  readonly title: string;
  readonly span: string;
  /** Why to take it with care. */
  readonly cautions: readonly string[];
  readonly summary: { readonly title: string; readonly heads: readonly string[]; readonly rows: readonly SummaryRow[] };
  readonly sections: readonly ReportSection[];
  /** What else there is to say, below headings of its own. */
  readonly lists: readonly ReportList[];
  readonly notes: readonly string[];
}

export interface SummaryRow {
  /** Of the section below. */
  readonly anchor: string;
  readonly cells: readonly string[];
  readonly result: SloReportResult;
}

interface ReportList {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface ReportSection extends ReportList {
  readonly anchor: string;
  readonly chart: { readonly label: string; readonly days: readonly ChartDay[] };
}

interface ChartDay {
  /** Share of the period's budget. */
  readonly share: number;
  readonly isUnknown: boolean;
  readonly text: string;
}

const HEADS = ['verdict', 'slo', 'owner', 'objective', 'attained', 'left', 'bad', 'total', 'alerts'] as const;

export function reportView(report: SloReport, language: Language): ReportView {
  const speech = reportSpeech(language, report.zone);
  const { say, times } = speech;
  const { period, zone, start, end, time } = report;
  const slos = report.slos.map((entry) => spoken(entry, speech));
  const name = namesIn(slos, speech);
  return {
    language,
    title: say('title', { period }),
    span: say('span', { from: speech.day(start), to: speech.day(end - 1), zone }),
    cautions: [
      ...(time < end ? [say('open', { time: times.moment(time) })] : []),
      ...(slos.length === 0 ? [say('none')] : []),
    ],
    summary: {
      title: say('summary'),
      heads: HEADS.map((word) => say(word)),
      rows: slos.map((entry) => summaryRow(entry, name(entry), speech)),
    },
    sections: slos.map((entry) => section(entry, name(entry), speech)),
    lists: [diskList(report, speech), overrideList(report, speech)].filter(({ lines }) => lines.length > 0),
    notes: storeNotes(report, speech),
  };
}

/** What nobody wrote is said in the language of the report. */
function spoken(entry: SloReportEntry, { say, sentence }: ReportSpeech): SloReportEntry {
  return { ...entry, title: titleText(entry, sentence), owner: entry.owner === UNOWNED ? say('unowned') : entry.owner };
}

/** SLOs of one title are told apart as on the pages. */
function namesIn(slos: readonly SloReportEntry[], { say, numbers, times }: ReportSpeech): SloName {
  const named = slos.map((entry) => ({ ...entry, window: entry.now.window }));
  return sloNamesIn(named, { numbers, times, window: (window) => say('window', windowArgs(window, times)) });
}

function summaryRow(entry: SloReportEntry, name: string, { say, numbers }: ReportSpeech): SummaryRow {
  const { id, owner, objective, result, attained, budget, counts, previous, alerts } = entry;
  const cells = [
    say(result),
    name,
    owner,
    numbers.objective(objective),
    attained === undefined ? '–' : numbers.attained(attained, objective),
    leftCell(budget, { say, numbers }),
    result === 'no_data' ? '–' : numbers.count(counts.bad),
    result === 'no_data' ? '–' : totalCell(counts.total, previous, { say, numbers }),
    numbers.count(alerts.length),
  ];
  return { anchor: `slo-${id}`, cells, result };
}

function totalCell(
  counted: number,
  { traffic_change }: SloReportEntry['previous'],
  { say, numbers }: Pick<ReportSpeech, 'say' | 'numbers'>,
): string {
  const total = numbers.count(counted);
  return traffic_change === undefined ? total : say('total_change', { total, change: numbers.change(traffic_change) });
}

function leftCell({ left_ratio }: SloReportEntry['budget'], { say, numbers }: Pick<ReportSpeech, 'say' | 'numbers'>) {
  if (left_ratio === undefined) return '–';
  return left_ratio < 0 ? say('left_over', { over: numbers.percent(-left_ratio) }) : numbers.percent(left_ratio);
}

function section(entry: SloReportEntry, title: string, speech: ReportSpeech): ReportSection {
  const days = entry.days.map((day): ChartDay => {
    const { start, total, bad, spent_ratio, unknown = false } = day;
    const { numbers } = speech;
    const args = { share: numbers.percent(spent_ratio), bad: numbers.count(bad), total: numbers.count(total) };
    const text = speech.say(unknown ? 'chart_unknown' : 'chart_day', { day: speech.day(start), ...args });
    return { share: spent_ratio, isUnknown: unknown, text };
  });
  const chart = { label: speech.say('chart'), days };
  return { anchor: `slo-${entry.id}`, title, lines: entryLines(entry, speech), chart };
}

function diskList({ disks }: SloReport, { say, numbers, times, language }: ReportSpeech): ReportList {
  const title = say('disks');
  if (disks === undefined) return { title, lines: [] };
  const { reported, filling, left_out } = disks;
  if (filling.length === 0) return { title, lines: [say('disk_none', { reported })] };
  const fit = new Intl.NumberFormat(language, { maximumFractionDigits: 2, roundingMode: 'floor' });
  const lines = filling.map(({ host, mountpoint, used_ratio, full_at, growth_per_day, r_squared, values }) =>
    say('disk_line', {
      ...{ host, mountpoint, day: times.date(full_at), values: numbers.count(values), fit: fit.format(r_squared) },
      ...{ used: numbers.percent(used_ratio), growth: numbers.percent(growth_per_day, 2) },
    }),
  );
  return { title, lines: left_out === 0 ? lines : [...lines, say('disk_more', { more: left_out })] };
}

function overrideList({ overrides }: SloReport, { say, times }: ReportSpeech): ReportList {
  const lines = overrides.map(({ by, service, reason, created, ends, ended }) => {
    const [from, to] = [times.moment(created), times.moment(ended?.time ?? ends)];
    return say('override_line', { by, service, reason, from, to });
  });
  return { title: say('overrides'), lines };
}

function storeNotes({ store, time }: SloReport, { say, numbers, times }: ReportSpeech): readonly string[] {
  const [bytes, most] = [numbers.bytes(store.bytes), numbers.bytes(store.worst_case_bytes)];
  return [say('store_line', { bytes, most }), say('made', { time: times.moment(time) })];
}
