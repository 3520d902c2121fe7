import type { NamedSlo } from '../model/slo-names.ts';
import type { ReportedExclusion, SloReportEntry } from '../model/slo-report.ts';
import type { TimeFormats } from '../model/words/time-formats.ts';
import type { ReportSpeech } from './report-speech.ts';

type Lines = readonly string[];

/** What a report says of one SLO, a sentence each. */
export function entryLines(entry: SloReportEntry, speech: ReportSpeech): Lines {
  return [
    ...figureLines(entry, speech),
    ...knownLines(entry, speech),
    beforeLine(entry, speech),
    ...trafficLine(entry, speech),
    ...worstLine(entry, speech),
    ...alertLines(entry, speech),
    ...releasesLine(entry, speech),
    ...excludedLines(entry, speech),
    nowLine(entry, speech),
    trendLine(entry, speech),
  ];
}

function figureLines(entry: SloReportEntry, { say, numbers }: ReportSpeech): Lines {
  const { unit: what, attained, counts, budget, objective } = entry;
  if (attained === undefined) return [silentLine(entry, { say })].filter((line) => line !== undefined);
  const { allowed, left, left_ratio = 0 } = budget;
  const bad = { bad: numbers.count(counts.bad), ones: Math.round(counts.bad) };
  const args = { what, ...bad, allowed: numbers.amount(allowed), some: allowed };
  return [
    say('attained_line', {
      what,
      attained: numbers.attained(attained, objective),
      total: numbers.count(counts.total),
      objective: numbers.objective(objective),
    }),
    left < 0
      ? say('over_line', { ...args, over: numbers.percent(-left_ratio) })
      : say('left_line', { ...args, left: numbers.percent(left_ratio) }),
  ];
}

/** Of a period nothing is known of, `knownLines` says more. */
function silentLine({ unit: what, excluded, no_data }: SloReportEntry, { say }: Pick<ReportSpeech, 'say'>) {
  if (no_data !== undefined) return undefined;
  return say(excluded !== undefined && excluded.total > 0 ? 'excluded_all' : 'silent_line', { what });
}

function knownLines(entry: SloReportEntry, { say, times, day }: ReportSpeech): Lines {
  const { no_data, counted_from, heard_from, slices_from, complete_to } = entry;
  const heard = heard_from === undefined ? 'none' : times.moment(heard_from);
  const from = counted_from === undefined ? '' : times.moment(counted_from);
  const to = complete_to === undefined ? '' : times.moment(complete_to);
  if (no_data !== undefined) return [say('no_data_line', { cause: no_data, from, to, heard })];
  const begins = (counted_from ?? 0) >= (slices_from ?? 0) ? 'counted_from' : 'slices_from';
  return [
    ...(counted_from !== undefined && begins === 'counted_from' ? [say('counted_from', { from, heard })] : []),
    ...(slices_from !== undefined && begins === 'slices_from' ? [say('slices_from', { from: day(slices_from) })] : []),
    ...(complete_to === undefined ? [] : [say('complete_to', { to })]),
  ];
}

function beforeLine({ previous, objective }: SloReportEntry, { say, numbers, times }: ReportSpeech): string {
  const { attained, total, unknown, counted_from } = previous;
  if (unknown === true) return say('before_unknown');
  if (attained === undefined) return say('before_none');
  const late =
    counted_from === undefined ? { late: 'no', from: '' } : { late: 'yes', from: times.moment(counted_from) };
  return say('before_line', {
    attained: numbers.attained(attained, objective),
    total: numbers.count(total),
    ...late,
  });
}

/** What there was none of has a line of its own. */
function trafficLine({ unit: what, counts, days, previous }: SloReportEntry, { say, numbers }: ReportSpeech): Lines {
  const { traffic_change } = previous;
  if (traffic_change === undefined || counts.total === 0) return [];
  const change = numbers.change(traffic_change);
  const mean = numbers.amount(counts.total / Math.max(1, days.length));
  return [say('traffic_line', { what, mean, change, same: change === numbers.change(0) ? 'yes' : 'no' })];
}

function worstLine({ unit: what, worst_days }: SloReportEntry, { say, numbers, day }: ReportSpeech): Lines {
  if (worst_days.length === 0) return [];
  const days = worst_days.map(({ start, bad, spent_ratio }) =>
    say('worst_day', {
      ...{ what, day: day(start), share: numbers.percent(spent_ratio) },
      ...{ bad: numbers.count(bad), ones: Math.round(bad) },
    }),
  );
  return [say('worst_line', { days: days.join(', ') })];
}

function alertLines({ alerts }: SloReportEntry, { say, times }: ReportSpeech): Lines {
  if (alerts.length === 0) return [say('alerts_none')];
  return alerts.map(({ tier, cause = 'burn', fired, resolved }) =>
    say('alert_line', {
      ...{ tier, cause, fired: times.moment(fired) },
      over: resolved === undefined ? 'no' : 'yes',
      resolved: resolved === undefined ? '' : times.moment(resolved),
    }),
  );
}

function releasesLine({ releases }: SloReportEntry, { say, times }: ReportSpeech): Lines {
  if (releases.length === 0) return [];
  const said = releases.map(({ version, time }) => say('release', { version, time: times.moment(time) }));
  return [say('releases_line', { releases: said.join(', ') })];
}

function excludedLines({ unit: what, excluded }: SloReportEntry, speech: ReportSpeech): Lines {
  if (excluded === undefined) return [];
  const total = speech.numbers.count(excluded.total);
  return [
    speech.say('excluded_line', { what, total }),
    ...excluded.details.map((exclusion) => exclusionLine(exclusion, speech)),
  ];
}

function exclusionLine({ reason, author, spans, more }: ReportedExclusion, { say, times }: ReportSpeech): string {
  const said = spans.map(({ start, end }) =>
    say('exclusion_span', { from: times.moment(start), to: times.moment(end) }),
  );
  const all = more === 0 ? said : [...said, say('exclusion_more', { more })];
  return say('exclusion_line', { spans: all.join(', '), reason, author });
}

/** The figures of the page of the SLO. */
function nowLine({ unit: what, objective, now }: SloReportEntry, { say, numbers, times }: ReportSpeech): string {
  const { attained, counts, left_ratio = 0, window } = now;
  return say('now_line', {
    ...{ what, ...windowArgs(window, times) },
    result: attained === undefined ? 'none' : left_ratio < 0 ? 'over' : 'left',
    attained: attained === undefined ? '' : numbers.attained(attained, objective),
    total: numbers.count(counts.total),
    left: numbers.percent(Math.abs(left_ratio)),
  });
}

/** What says how long a window is. */
export function windowArgs({ duration_secs, calendar }: NamedSlo['window'], { span }: Pick<TimeFormats, 'span'>) {
  const { unit = 'none', every = 1, zone = '' } = calendar ?? {};
  return { unit, every, zone, span: span(duration_secs) };
}

function trendLine({ trend }: SloReportEntry, { say, numbers, times }: ReportSpeech): string {
  if (!('rate' in trend)) return say(trend.kind);
  const args = { rate: numbers.times(trend.rate), span: times.span(trend.over_secs) };
  return trend.kind === 'lasts' ? say('lasts', args) : say('runs_out', { ...args, time: times.moment(trend.time) });
}
