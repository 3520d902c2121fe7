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

export const en = {
  state_exhausted: 'exhausted',
  state_burning: 'burning',
  state_no_data: 'no data',
  state_no_traffic: 'no traffic',
  state_too_little_traffic: 'too little traffic',
  state_too_new: 'too new',
  state_ok: 'ok',

  reason_budget_spent: `{service} has spent its error budget: {bad, number, ::.##} bad {bad, plural, one {request} other {requests}} of {allowed, number, ::.##} allowed in ${DURATION}.`,
  reason_burning_fast: `{service} burns its error budget at {rate, number, ::.##}× its allowance over the last ${DURATION}; {factor, number, ::.##}× already calls for a person now.`,
  reason_burning_slow: `{service} burns its error budget at {rate, number, ::.##}× its allowance over the last ${DURATION}; above {factor, number, ::.##}× it needs attention this week.`,
  reason_watermark_stale: `No word from {origin} for ${DURATION}: start its collector, or look at what holds it back.`,
  reason_never_heard: 'No source has reported {service} yet: point a log source at its log.',
  reason_no_series: 'Nothing counted matches {selector} yet: wait for the first request, or check the labels.',
  reason_source_broken: `{origin} {state, select,
  missing {cannot find its input}
  unreadable {cannot read its input}
  unparseable {does not understand its input}
  other {is not working}}{note, select, none {.} other {: {note}}}`,
  reason_source_removed:
    'No more word of {service}: its source was removed ({origin}). Point a log source at its log, or remove the SLO.',
  reason_no_traffic: `{service} had no request in ${DURATION}; its sources are alive.`,
  reason_data_elsewhere: `{service} has no request in this window; its newest data is from {newest, date, long}.`,
  reason_too_little_traffic: `{service} had {total, number} {total, plural, one {request} other {requests}} in ${DURATION}; below {minimum, number} a single failure would decide.`,
  reason_too_new: `{service} has been counted for ${DURATION}: the answer is ready after one hour.`,
  reason_not_measurable: `{cause, select,
  no_histogram {No duration of {service} is counted: add %D (Apache) or $request_time (nginx) to its log format, and declare the unit (duration: us or duration: s) in the parse transform.}
  no_boundary {The threshold {threshold} of {service} is no bucket boundary; choose one of {choices} seconds.}
  other {{service} cannot be measured.}}`,
  reason_budget_left: `{left_ratio, number, ::percent .#} of the error budget of {service} is left{recent, select, yes {; it burns at {rate, number, ::.##}× its allowance.} other {; it had no request in the last hour.}}`,
  reason_no_slo: 'There is no SLO yet: write one, or keep one that is proposed.',

  gate_question: 'May we ship?',
  gate_go:
    '{services, plural, one {Yes — {subject} may be released.} other {Yes — all # services may be released.}} {reason}',
  gate_go_with_care:
    '{services, plural, one {Yes, with care — {subject} may be released.} other {Yes, with care — all # services may be released.}} {reason}',
  gate_no_go: 'Not now — {reason}',
  gate_unknown: 'Cannot say. {reason}',

  define_sli: 'An SLI (service level indicator) is the share of requests that went well: good ones divided by all.',
  define_slo:
    'An SLO (service level objective) is the share of good requests a team aims for over a period, such as 99.9% in 30 days.',
  define_error_budget:
    'The error budget is what the objective leaves room for: at 99.9%, one request in a thousand may fail.',
  define_burn_rate:
    'The burn rate is how fast the error budget is used up: at 1× it lasts exactly the whole period, at 10× a tenth of it.',
} as const;
