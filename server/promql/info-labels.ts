import { VigieError } from '../model/errors.ts';
import type { LabelMatcher, Labels } from '../model/labels.ts';
import { type Metric, metricFrom, metricKey, metricOf, type Sample, type Vector } from './value.ts';

// `info(v, {data label matchers})` adds to each element of v the labels of the info series of the same instance and job
// (https://prometheus.io/docs/prometheus/latest/querying/functions/#info).

/** What an info series shares with the series it tells of. */
const IDENTIFYING = ['instance', 'job'];

/** An info series as it is at a moment. */
export interface InfoSeries extends Metric {
  /** When it was sampled, ms: of several, the newest tells. */
  readonly sampledAt: number;
}

/** The vector with the labels of its info series. Throws VigieError `execution` where two of them disagree. */
export function withInfoLabels(base: Vector, infos: readonly InfoSeries[], matchers: readonly LabelMatcher[]): Vector {
  const [ofName, ofData] = [matchers.filter(isOfName), matchers.filter((matcher) => !isOfName(matcher))];
  const asked = new Set(base.map(identityOf));
  const known = newestByIdentity(infos.filter((info) => asked.has(identityOf(info))));
  const wanted = new Set(ofData.map(({ name }) => name));
  return base.flatMap((sample): readonly Sample[] => {
    if (sample.name !== undefined && ofName.every((matcher) => matcher.matches(sample.name ?? ''))) return [sample];
    const found = known.get(identityOf(sample)) ?? [];
    if (found.length === 0 && ofData.some((matcher) => !matcher.matches(''))) return [];
    const added = labelsOf(found, (label) => !(label in sample.labels) && (wanted.size === 0 || wanted.has(label)));
    return [{ ...metricFrom({ ...metricOf(sample), ...added }), value: sample.value }];
  });
}

function isOfName({ name }: LabelMatcher): boolean {
  return name === '__name__';
}

/** Empty where there is nothing to be known by. */
function identityOf({ labels }: Metric): string {
  const values = IDENTIFYING.map((label) => labels[label] ?? '');
  return values.some((value) => value !== '') ? JSON.stringify(values) : '';
}

function newestByIdentity(infos: readonly InfoSeries[]): ReadonlyMap<string, readonly InfoSeries[]> {
  const byIdentity = new Map<string, InfoSeries[]>();
  for (const info of infos) {
    const identity = identityOf(info);
    if (identity === '') continue;
    const others = byIdentity.get(identity) ?? [];
    const rival = others.find(({ name }) => name === info.name);
    if (rival?.sampledAt === info.sampledAt) throw disagree(`${metricKey(rival)} and ${metricKey(info)}`);
    if (rival !== undefined && rival.sampledAt > info.sampledAt) continue;
    byIdentity.set(identity, [...others.filter((other) => other !== rival), info]);
  }
  return byIdentity;
}

function labelsOf(infos: readonly InfoSeries[], isWanted: (label: string) => boolean): Labels {
  const added = new Map<string, string>();
  for (const { labels } of infos) {
    for (const [label, value] of Object.entries(labels)) {
      if (!isWanted(label)) continue;
      if ((added.get(label) ?? value) !== value) throw disagree(`label ${label}: "${added.get(label)}" and "${value}"`);
      added.set(label, value);
    }
  }
  return Object.fromEntries(added);
}

function disagree(what: string): VigieError {
  return new VigieError('execution', `cannot answer query: info series disagree: ${what}`);
}
