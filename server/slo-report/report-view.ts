import type { ReportDay, SloReport, SloReportEntry } from '../model/slo-report.ts';
import type { Language } from '../model/words/words.ts';
import { ReportSpeech } from './report-speech.ts';

/** A report in words: what every format shows. Texts may hold anything; each format escapes in its own way. */
export interface ReportView {
  readonly language: Language;
  readonly title: string;
  readonly span: string;
  /** Why to take it with care. */
  readonly cautions: readonly string[];
  readonly summary: { readonly title: string; readonly heads: readonly string[]; readonly rows: readonly SummaryRow[] };
  readonly sections: readonly ReportSection[];
  readonly overrides: { readonly title: string; readonly lines: readonly string[] };
  readonly notes: readonly string[];
}

export interface SummaryRow {
  /** Of the section below. */
  readonly anchor: string;
  readonly cells: readonly string[];
  readonly result: SloResult;
}

export type SloResult = 'met' | 'missed' | 'no_traffic';

export interface ReportSection {
  readonly anchor: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly chart: { readonly label: string; readonly days: readonly ChartDay[] };
}

export interface ChartDay {
  /** Share of the period's budget. */
  readonly share: number;
  readonly text: string;
}

/** Enough that 99.99 % and 99.95 % stay apart. */
const DIGITS = 3;

export function reportView(report: SloReport, language: Language): ReportView {
  const speech = new ReportSpeech(language, report.zone);
  const say = speech.say.bind(speech);
  const { period, zone, start, end, time, slos, overrides, store } = report;
  const heads = (['verdict', 'slo', 'owner', 'objective', 'attained', 'left', 'bad', 'total', 'alerts'] as const).map(
    (word) => say(word),
  );
  return {
    language,
    title: say('title', { period }),
    span: say('span', { from: speech.day(start), to: speech.day(end - 1), zone }),
    cautions: [
      ...(time < end ? [say('open', { time: speech.moment(time) })] : []),
      ...(slos.length === 0 ? [say('none')] : []),
    ],
    summary: { title: say('summary'), heads, rows: slos.map((entry) => summaryRow(entry, speech)) },
    sections: slos.map((entry) => section(entry, speech)),
    overrides: {
      title: say('overrides'),
      lines: overrides.map(({ by, service, reason, created, ends, ended }) => {
        const [from, to] = [speech.moment(created), speech.moment(ended?.time ?? ends)];
        return say('override_line', { by, service, reason, from, to });
      }),
    },
    notes: [
      say('store_line', { bytes: speech.bytes(store.bytes), most: speech.bytes(store.worst_case_bytes) }),
      say('made', { time: speech.moment(time) }),
    ],
  };
}

function resultOf({ attained, objective }: SloReportEntry): SloResult {
  if (attained === undefined) return 'no_traffic';
  return attained >= objective ? 'met' : 'missed';
}

function summaryRow(entry: SloReportEntry, speech: ReportSpeech): SummaryRow {
  const { id, title, owner, objective, attained, budget, counts, alerts } = entry;
  const result = resultOf(entry);
  const cells = [
    speech.say(result),
    title,
    owner,
    speech.percent(objective, 10),
    attained === undefined ? '–' : speech.percent(attained, DIGITS),
    budget.left_ratio === undefined ? '–' : speech.percent(budget.left_ratio, 1),
    speech.number(counts.bad),
    speech.number(counts.total),
    speech.number(alerts.length),
  ];
  return { anchor: `slo-${id}`, cells, result };
}

function section(entry: SloReportEntry, speech: ReportSpeech): ReportSection {
  const { id, title, days } = entry;
  return {
    anchor: `slo-${id}`,
    title,
    lines: [
      ...figureLines(entry, speech),
      beforeLine(entry, speech),
      ...worstLine(entry, speech),
      ...alertLines(entry, speech),
      ...releasesLine(entry, speech),
      ...excludedLine(entry, speech),
      trendLine(entry, speech),
    ],
    chart: { label: speech.say('chart'), days: days.map((day) => chartDay(day, speech)) },
  };
}

function figureLines({ unit: what, attained, counts, budget, objective }: SloReportEntry, speech: ReportSpeech) {
  if (attained === undefined) return [speech.say('silent_line', { what })];
  const { allowed, left, left_ratio = 0 } = budget;
  const args = { bad: speech.number(counts.bad), allowed: speech.number(allowed) };
  return [
    speech.say('attained_line', {
      what,
      attained: speech.percent(attained, DIGITS),
      total: speech.number(counts.total),
      objective: speech.percent(objective, 10),
    }),
    left < 0
      ? speech.say('over_line', { ...args, over: speech.number(-left) })
      : speech.say('left_line', { ...args, left: speech.percent(left_ratio, 1) }),
  ];
}

function beforeLine({ previous: { attained, total } }: SloReportEntry, speech: ReportSpeech): string {
  if (attained === undefined) return speech.say('before_none');
  return speech.say('before_line', { attained: speech.percent(attained, DIGITS), total: speech.number(total) });
}

function worstLine({ worst_days }: SloReportEntry, speech: ReportSpeech): readonly string[] {
  if (worst_days.length === 0) return [];
  const days = worst_days.map(({ start, bad, spent_ratio }) =>
    speech.say('worst_day', {
      day: speech.day(start),
      bad: speech.number(bad),
      share: speech.spent(spent_ratio),
    }),
  );
  return [speech.say('worst_line', { days: days.join(', ') })];
}

function alertLines({ alerts }: SloReportEntry, speech: ReportSpeech): readonly string[] {
  if (alerts.length === 0) return [speech.say('alerts_none')];
  return alerts.map(({ tier, fired, resolved }) =>
    speech.say('alert_line', {
      tier,
      fired: speech.moment(fired),
      over: resolved === undefined ? 'no' : 'yes',
      resolved: resolved === undefined ? '' : speech.moment(resolved),
    }),
  );
}

function releasesLine({ releases }: SloReportEntry, speech: ReportSpeech): readonly string[] {
  if (releases.length === 0) return [];
  const said = releases.map(({ version, time }) => speech.say('release', { version, time: speech.moment(time) }));
  return [speech.say('releases_line', { releases: said.join(', ') })];
}

function excludedLine({ unit: what, excluded }: SloReportEntry, speech: ReportSpeech): readonly string[] {
  if (excluded === undefined || excluded.total === 0) return [];
  const [total, exclusions] = [speech.number(excluded.total), excluded.exclusions.join(', ')];
  return [speech.say('excluded_line', { what, total, exclusions })];
}

function trendLine({ trend }: SloReportEntry, speech: ReportSpeech): string {
  if (!('rate' in trend)) return speech.say(trend.kind);
  const rate = speech.number(trend.rate);
  return trend.kind === 'lasts'
    ? speech.say('lasts', { rate })
    : speech.say('runs_out', { rate, time: speech.moment(trend.time) });
}

function chartDay({ start, total, bad, spent_ratio }: ReportDay, speech: ReportSpeech): ChartDay {
  const args = { share: speech.spent(spent_ratio), bad: speech.number(bad), total: speech.number(total) };
  return { share: spent_ratio, text: speech.say('chart_day', { day: speech.day(start), ...args }) };
}
