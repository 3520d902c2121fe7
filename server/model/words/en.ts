/**
 * What Vigie says in English: ICU messages (https://unicode-org.github.io/icu/userguide/format_parse/messages/) by key, shared by the
 * server, the command line and the pages. Keys are `state_<SloState>`, `reason_<ReasonCode>`, `gate_*` and `define_*`.
 *
 * Arguments named `amount` and `unit` are a duration in its largest whole unit. Ratios are 0..1, moments ms since the epoch.
 */
const DURATION = `{unit, select,
  day {{amount, plural, one {# day} other {# days}}}
  hour {{amount, plural, one {# hour} other {# hours}}}
  minute {{amount, plural, one {# minute} other {# minutes}}}
  other {{amount, plural, one {# second} other {# seconds}}}}`;

/** The same behind "the last". */
const LAST = `{unit, select,
  day {{amount, plural, one {day} other {# days}}}
  hour {{amount, plural, one {hour} other {# hours}}}
  minute {{amount, plural, one {minute} other {# minutes}}}
  other {{amount, plural, one {second} other {# seconds}}}}`;

/** The window of an SLO: a duration, or a period of the calendar. */
const PERIOD = `{unit, select,
  calendar_day {{amount, plural, one {# calendar day} other {# calendar days}}}
  calendar_week {{amount, plural, one {# calendar week} other {# calendar weeks}}}
  calendar_month {{amount, plural, one {# calendar month} other {# calendar months}}}
  calendar_quarter {{amount, plural, one {# calendar quarter} other {# calendar quarters}}}
  calendar_year {{amount, plural, one {# calendar year} other {# calendar years}}}
  other {${DURATION}}}`;

/** The same under the names `window_amount` and `window_unit`. */
const WINDOW = DURATION.replace('{unit,', '{window_unit,').replaceAll('{amount,', '{window_amount,');

/** A moment with its zone: on-call reads it hours later. */
const moment = (name: string): string => `{${name}, date, ::yMMMdHHmmz}`;

/** What an SLO counts: `what` is its SloUnit. */
const ONE = '{what, select, events {event} slices {slice with data} other {request}}';
const MANY = '{what, select, events {events} slices {slices} other {requests}}';

/** The same after a number. */
const counted = (name: string): string => `{what, select,
  events {{${name}, plural, one {event} other {events}}}
  slices {{${name}, plural, one {slice} other {slices}}}
  other {{${name}, plural, one {request} other {requests}}}}`;

export const en = {
  state_exhausted: 'exhausted',
  state_burning: 'burning',
  state_no_data: 'no data',
  state_no_traffic: 'no traffic',
  state_too_little_traffic: 'too little traffic',
  state_too_new: 'too new',
  state_ok: 'ok',

  reason_budget_spent: `{service} has spent its error budget: {bad, number, ::.##} bad ${counted('bad')} of {allowed, number, ::.##} allowed in ${PERIOD}{lacking, plural, =0 {} other {, even with {lacking, number} good ${counted('lacking')} more}}.`,
  reason_burning_fast: `{service} burns its error budget at {rate, number, ::.######}× its allowance over the last ${LAST}; {factor, number, ::.######}× already calls for a person now.`,
  reason_burning_slow: `{named, select, no {It} other {{service}}} burns its error budget at {rate, number, ::.######}× its allowance over the last ${LAST}; above {factor, number, ::.######}× it needs attention this week.`,
  reason_watermark_stale: `No word from {origin} for ${DURATION}: start its collector, or look at what holds it back.`,
  reason_never_heard: 'No source has reported {service} yet: point a log source at its log.',
  reason_no_series: `Nothing counted matches {selector} yet: wait for the first ${ONE}, or check the labels.`,
  reason_no_request_yet: 'The log of {service} is found, no request yet: the first one starts the count.',
  reason_source_broken: `{origin} {state, select,
  missing {cannot find its input}
  unreadable {cannot read its input}
  unparseable {does not understand its input}
  other {is not working}}{note, select, none {.} other {: {note}}}`,
  reason_source_removed:
    'No more word of {service}: its source was removed ({origin}). Point a log source at its log, or remove the SLO.',
  reason_no_traffic: `{service} had no ${ONE} in ${PERIOD}; its sources are alive.`,
  reason_data_elsewhere: `{service} has no ${ONE} in this window; its newest data is from {newest, date, long}.`,
  reason_silence_passed_over: `{silence, select, no_traffic {The definition of {service} takes no traffic for good.} other {{policy, select, good {The definition of {service} takes silence for time without failures.} other {The definition of {service} passes over silence: the figures are those of the last word.}}}}`,
  reason_groups_left_out: `{left_out, plural, one {One group of {service} is left out: its} other {{left_out, number} groups of {service} are left out: their}} definition takes at most {max_groups, number}, the first ones seen.`,
  reason_data_damaged:
    'Some of what is stored of {service} cannot be read, so its counts may be too low; vigie doctor tells what.',
  reason_part_not_counted: `{why, select, late_bad {{part} is late: the time since its last word counts as bad.} late_good {{part} is late: the time since its last word counts as good.} late_ignored {{part} is late and does not count meanwhile; the other parts share its weight.} too_new {{part} is less than an hour old and does not count yet; the other parts share its weight.} too_few {{part} has fewer than ten events in the window and does not count; the other parts share its weight.} no_series {{part} finds no series and does not count; the other parts share its weight.} other {{part} has no traffic in the window and does not count; the other parts share its weight.}}`,
  reason_all_excluded: `All {excluded, number} ${MANY} of {service} in ${PERIOD} are excluded: nothing is left to judge.`,
  reason_too_little_traffic: `{named, select, no {It} other {{service}}} had {total, number} ${counted('total')} in ${PERIOD}; {decides, select, no {its definition wants at least {minimum, number}.} other {below {minimum, number} a single failure would decide: one alone is {alone, number, ::percent .##}, and {allowed_ratio, number, ::percent .####} may fail.}}`,
  reason_too_new: `{service} has been counted for ${DURATION}: the answer is ready after one hour.`,
  reason_not_measurable: `{cause, select,
  no_histogram {No duration of {service} is counted: add %D (Apache) or $request_time (nginx) to its log format, and declare the unit (duration: us or duration: s) in the parse transform.}
  no_boundary {The threshold {threshold} of {service} is no bucket boundary; choose one of {choices} seconds.}
  query {The query of {service} has no answer that can be judged: {note}.}
  other {{service} cannot be measured.}}`,
  reason_budget_left: `{left_ratio, number, ::percent .#} of the error budget{named, select, no {} other { of {service}}} is left{recent, select, yes {; it burns at {rate, number, ::.#}× its allowance.} other {; it had no ${ONE} in the last hour.}}`,
  reason_no_slo: 'There is no SLO yet: write one, or keep one that is proposed.',

  reason_budget_low: `{rest, select, over {The error budget of {service} is overspent by {over_ratio, number, ::percent .#}} other {{left_ratio, number, ::percent .#} of the error budget of {service} is left}}; its policy wants at least {minimum, number, ::percent .#}.`,
  reason_burn_high: `{service} burns its error budget at {rate, number, ::.######}× its allowance over the last ${LAST}; its policy allows {factor, number, ::.######}×.`,
  reason_frozen: `{service} is frozen until ${moment('until')}: {reason}.`,
  reason_budget_policy: `{rest, select, over {The error budget{named, select, no {} other { of {service}}} is overspent by {over_ratio, number, ::percent .#}} other {{left_ratio, number, ::percent .#} of the error budget{named, select, no {} other { of {service}}} is left}}; at {from, number, ::percent .#} its policy says: {action}{named_who, select, yes { ({who})} other {}}.`,
  reason_overridden: `{by} lets {service} through until ${moment('until')}: {reason}.`,

  gate_question: 'May we ship?',
  gate_go:
    '{services, plural, one {Yes — {subject} may be released.} other {Yes — all # services may be released.}} {reason}',
  gate_go_with_care:
    '{services, plural, one {Yes, with care — {subject} may be released.} other {Yes, with care — all # services may be released.}} {reason}',
  gate_no_go: 'Not now — {reason}',
  gate_unknown: 'Cannot say. {reason}',
  gate_unanswered: 'The server did not answer, for which the policy says {answer}: {cause}',
  gate_failed_open: 'The server did not answer, and --fail-open makes that a go: {cause}',
  gate_word_go: 'GO',
  gate_word_no_go: 'NO-GO',
  gate_word_unknown: 'UNKNOWN',
  gate_head_decision: 'ANSWER',
  gate_head_slo: 'SLO',
  gate_head_state: 'STATE',
  gate_head_reason: 'REASON',

  alert_state_firing: 'firing',
  alert_state_pending: 'pending',
  alert_state_resolved: 'resolved',
  alert_tier_page: 'page',
  alert_tier_ticket: 'ticket',
  alert_event_pending: 'suspected on old figures',
  alert_event_fired: 'fired',
  alert_event_escalated: 'grew from ticket to page',
  alert_event_eased: 'eased from page to ticket',
  alert_event_no_data: 'no data any more',
  alert_event_data_back: 'data again',
  alert_event_silenced: 'silenced',
  alert_event_unsilenced: 'no longer silenced',
  alert_event_resolved: 'resolved',
  alert_event_withdrawn: 'withdrawn: its definition is gone',

  alert_burning: `{service} burns its error budget at {rate, number, ::.######}× its allowance: {bad, number} bad of {total, number} ${counted('total')} in ${DURATION}. {tier, select, page {Above {factor, number, ::.######}× it calls for a person now.} other {Above {factor, number, ::.######}× it needs attention this week.}}`,
  alert_since: `It began on ${moment('time')}.`,
  alert_spent: `{spent_ratio, number, ::percent .#} of the error budget of ${WINDOW} went within ${DURATION}.`,
  alert_left: `{over, plural, =0 {{left_ratio, number, ::percent .#} of the error budget is left: {left, number, ::.##} more bad ${MANY} of the {allowed, number, ::.##} allowed.} other {The error budget is overspent by {over_ratio, number, ::percent .#}: {over, number, ::.##} bad ${MANY} more than the {allowed, number, ::.##} allowed.}}`,
  alert_exhaustion: `{kind, select,
  at {At the pace of the last hour it is gone in ${DURATION}, on ${moment('time')}.}
  gains {The last hour was within the allowance: the budget recovers.}
  lasts {At the pace of the last hour it lasts until the period ends.}
  spent {There is nothing left to spend.}
  other {How long it lasts is not known: the last hour had no ${ONE}.}}`,
  alert_pending: `These figures are of ${moment('time')}, too old to call anybody: fresh ones will decide.`,
  alert_no_data: `{silent, select,
  none {No data of {service} since ${moment('time')}: neither recovery nor worsening can be seen.}
  other {No word from {silent} since ${moment('time')}: neither recovery nor worsening of {service} can be seen in full.}}`,
  alert_over: `{by, select,
  heard {There is data of {service} again. None was complete for ${DURATION}, from ${moment('start')}.}
  withdrawn {The alert of {service} was withdrawn on ${moment('end')}, because its definition is gone. It burned for ${DURATION}, from ${moment('start')}.}
  other {{service} is within its allowance again since ${moment('end')}. It burned for ${DURATION}, from ${moment('start')}.}}`,
  alert_eased: '{service} no longer burns fast enough to call for a person. It still needs attention this week.',
  made_title:
    '{kind, select, latency {Requests to {service} take at most {longest, number} ms} query {{service} is within its limits} up {{service} is up} composite {All of {service} works} other {Requests to {service} succeed}}',
  made_title_of_group: '{title}: {group}',
  alert_subject_firing: `{tier, select, page {Page} other {Ticket}}: {cause, select, no_data {no data of {service}} other {{service} burns its error budget at {rate, number, ::.#}×}} – {title}`,
  alert_subject_resolved: `{reason, select,
  heard {Over: there is data of {service} again}
  eased {Eased: {service} no longer calls for a person now}
  withdrawn {Withdrawn: the alert of {service}}
  other {Over: {service} is within its allowance again}} – {title}`,
  alert_rule_subject:
    '{kind, select, firing {{tier, select, page {Page} other {Ticket}}: {rule}} other {Over: {rule}}}',
  alert_rule_firing: `The condition of {rule} holds since ${moment('start')}; its value is {value}.`,
  alert_rule_resolved: `The condition of {rule} held from ${moment('start')} and is over since ${moment('end')}.`,
  alert_rule_labels: 'Labels: {labels}',
  alert_open: 'Open the alert',
  alert_open_slo: 'Open the SLO',
  alert_why: 'Vigie sends this because the receiver {receiver} of its configuration names you.',

  define_sli: 'An SLI (service level indicator) is the share of requests that went well: good ones divided by all.',
  define_slo:
    'An SLO (service level objective) is the share of good requests a team aims for over a period, such as 99.9% in 30 days.',
  define_error_budget:
    'The error budget is what the objective leaves room for: at 99.9%, one request in a thousand may fail.',
  define_burn_rate:
    'The burn rate is how fast the error budget is used up: at 1× it lasts exactly the whole period, at 10× a tenth of it.',
} as const;
