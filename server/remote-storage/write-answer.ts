import { VigieError } from '../model/errors.ts';
import { seriesKey } from '../model/labels.ts';
import type { DropReason } from '../store/intake/payload.ts';
import type { SampleRefusal, SampleVerdict } from '../store/intake/sample-write.ts';
import type { WriteRequest } from './write-request.ts';

/** What a sender may do about it, or what was wanted. */
const WANTED: Partial<Record<DropReason, string>> = {
  too_old: 'want a time the raw samples of its origin and series still reach back to',
  too_far_ahead: 'want a time at most 10 minutes ahead of the clock here',
  behind_slot:
    'want samples in the order of time where raw samples are gone: this one is there already, or comes behind a later one',
  bad_sample: 'want a time since 1970',
  duplicate_timestamp: 'want the value that this time has already',
  past_update: 'want a time after the last update of its data source',
  not_integer: 'want an integer: its data source is a COUNTER or a DERIVE',
  undeclared: 'want store.data_sources to declare it again: what it was is lost',
  too_dense: 'want fewer samples in this time',
  series_limit: 'want no more series: the store is full of them',
  metric_series_limit: 'want no more series of this metric: it has as many as one may have',
  wrong_kind: 'want another name: this is a series of increments counted here, which has no samples',
  origin_limit: 'want fewer values of the label job',
};

const SERIES_TEXT_LENGTH = 300;

/** Undefined when everything was written; otherwise an error that says what was not and why. The rest is kept. */
export function refusalOf(
  { rows, badSeries, write }: WriteRequest,
  { refusals }: SampleVerdict,
): VigieError | undefined {
  const histograms = write.unusable.get('native_histogram') ?? 0;
  const bad = write.unusable.get('bad_series') ?? 0;
  const causes = refusals.map(causeOf);
  if (bad > 0) causes.push(`bad_series ${bad} (first: ${badSeries})`);
  if (histograms > 0) causes.push(`native_histogram ${histograms} (got a native histogram; want classic ones)`);
  if (causes.length === 0) return undefined;
  const refused = refusals.reduce((sum, { count }) => sum + count, bad) + histograms;
  const text = `cannot write ${refused} of ${rows + histograms} samples, the others are kept: ${causes.join('; ')}`;
  return new VigieError('bad_request', text);
}

/** The first of the rows that were refused for one reason, and what was wanted. */
export function refusalText({ reason, identity, time, value }: SampleRefusal): string {
  const series = seriesKey(identity.name, identity.labels).slice(0, SERIES_TEXT_LENGTH);
  const got = `got ${series} ${value} at ${time}`;
  const wanted = WANTED[reason];
  return wanted === undefined ? got : `${got}; ${wanted}`;
}

function causeOf(refusal: SampleRefusal): string {
  return `${refusal.reason} ${refusal.count} (first: ${refusalText(refusal)})`;
}
