import { z } from 'zod';
import type { Path } from '../files/yaml-file.ts';
import type { ParseSelector } from '../indicator.ts';
import { filledText, flag, list, map, optional, text } from '../prometheus/field.ts';
import { type WrittenIndicator, writtenIndicator } from './event-ratio.ts';
import { carriedLabels } from './foreign-labels.ts';
import { type ForeignDocument, type ForeignFiles, idOfName, ledPlace, Remarks, titleOf } from './foreign-slo.ts';
import { judgedDocument, type StandIns } from './judged-document.ts';
import { resourceSchema } from './kubernetes-resource.ts';

export const PYRRA = { apiVersion: 'pyrra.dev/v1alpha1', kind: 'ServiceLevelObjective' } as const;

/** Labels with this prefix go from the objective onto its series and alerts. */
export const LABEL_PREFIX = 'pyrra.dev/';

const metric = map({ metric: filledText('a selector') }, 'a map with metric');
const grouping = optional(list(text('a label name'), 'a list of label names'));

const schema = resourceSchema(
  map(
    {
      description: optional(text('a text')),
      target: filledText('a percentage such as "99.5"'),
      window: filledText('a duration such as 4w'),
      serviceLevel: optional(text('a text')),
      indicator: map(
        {
          ratio: optional(map({ errors: metric, total: metric, grouping }, 'a map of errors, total')),
          latency: optional(map({ success: metric, total: metric, grouping }, 'a map of success, total')),
          latencyNative: optional(z.unknown()),
          bool_gauge: optional(z.unknown()),
        },
        'a map with ratio or latency',
      ),
      alerting: optional(
        map(
          {
            disabled: optional(flag),
            burnrates: optional(flag),
            absent: optional(flag),
            name: optional(text('a name')),
            absentName: optional(text('a name')),
            severities: optional(z.unknown()),
          },
          'a map of burnrates, absent ...',
        ),
      ),
      partial_response_strategy: optional(text('a word')),
      performanceOverAccuracy: optional(flag),
      ruleOutput: optional(z.unknown()),
    },
    'a map of target, window, indicator ...',
  ),
);

type Written = z.output<typeof schema>;
type Spec = Written['spec'];

/** Objectives of Pyrra (https://github.com/pyrra-dev/pyrra, its resource ServiceLevelObjective). */
export function readPyrra(documents: readonly ForeignDocument[], parseSelector: ParseSelector): ForeignFiles {
  const read = documents.map((document) => {
    const { data, problems } = judgedDocument(schema, document, STAND_INS);
    if (data === undefined) return { slos: [], problems };
    return { slos: [{ ...sloOf(data, document.place, parseSelector), refused: problems.length > 0 }], problems };
  });
  return { slos: read.flatMap(({ slos }) => slos), problems: read.flatMap(({ problems }) => problems), losses: [] };
}

const STAND_INS: StandIns = {
  name: (own) => own,
  target: () => '99',
  window: () => '4w',
  indicator: () => ({ ratio: { errors: { metric: 'unread_bad_total' }, total: { metric: 'unread_total' } } }),
};

function sloOf({ metadata, spec }: Written, place: ForeignDocument['place'], parseSelector: ParseSelector) {
  const remarks = new Remarks(place);
  const { service = metadata.name, ...labels } = propagated(metadata.labels);
  const indicator = indicatorOf(spec.indicator, parseSelector, remarks);
  tellLosses(metadata, spec, remarks);
  return {
    entry: {
      id: idOfName(metadata.name),
      title: titleOf(spec.description, metadata.name, ['spec', 'description'], remarks),
      service,
      ...carriedLabels(labels, ['metadata', 'labels'], remarks),
      objective: `${spec.target}%`,
      window: spec.window,
      ...indicator,
      ...groupedBy(spec.indicator),
      ...alertsOf(spec.alerting),
    },
    place: ledPlace(place, ['metadata', 'name'], {
      title: ['spec', 'description'],
      objective: ['spec', 'target'],
      window: ['spec', 'window'],
      availability: ['spec', 'indicator'],
      latency: ['spec', 'indicator'],
      group_by: ['spec', 'indicator', spec.indicator.ratio === undefined ? 'latency' : 'ratio', 'grouping'],
      labels: ['metadata', 'labels'],
    }),
    problems: remarks.problems,
    losses: remarks.losses,
  };
}

function propagated(labels: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const own = Object.entries(labels).filter(([name]) => name.startsWith(LABEL_PREFIX));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(LABEL_PREFIX.length), value]));
}

function indicatorOf(
  { ratio, latency, latencyNative, bool_gauge }: Spec['indicator'],
  parseSelector: ParseSelector,
  remarks: Remarks,
): WrittenIndicator | undefined {
  const at: Path = ['spec', 'indicator'];
  const found = Object.entries({ ratio, latency, latencyNative, bool_gauge }).filter(
    ([, value]) => value !== undefined,
  );
  if (found.length !== 1) return remarks.refuse(at, `got ${found.length} indicators; want exactly one`);
  if (latencyNative !== undefined)
    return remarks.refuse(
      [...at, 'latencyNative'],
      'native histograms are not stored; want latency, by classic buckets',
    );
  if (bool_gauge !== undefined)
    return remarks.refuse([...at, 'bool_gauge'], 'a gauge counts no events; want ratio or latency, by counters');
  const [name, part] = ratio === undefined ? ['success', latency?.success] : ['errors', ratio.errors];
  const kind = ratio === undefined ? 'latency' : 'ratio';
  const read = (side: string, written = '') =>
    remarks.attempt([...at, kind, side, 'metric'], () => parseSelector(written));
  const all = read('total', (ratio ?? latency)?.total.metric);
  const one = read(name, part?.metric);
  if (all === undefined || one === undefined) return undefined;
  return writtenIndicator(all, one, ratio === undefined ? 'good' : 'bad');
}

/** An objective for each value is one there too. */
function groupedBy({ ratio, latency }: Spec['indicator']) {
  const { grouping = [] } = ratio ?? latency ?? {};
  return grouping.length > 0 ? { group_by: grouping } : {};
}

function alertsOf({ disabled, burnrates, absent }: Spec['alerting'] = {}) {
  if (disabled === true || (burnrates === false && absent === false)) return { alerts: 'none' };
  if (burnrates === false) return { alerts: { page: 'none', ticket: 'none' } };
  return absent === false ? { alerts: { no_data: 'none' } } : {};
}

function tellLosses({ namespace, labels = {} }: Written['metadata'], spec: Spec, remarks: Remarks): void {
  const lost: readonly (readonly [Path, unknown, string])[] = [
    [['metadata', 'namespace'], namespace, 'the namespace, ours has none'],
    [['spec', 'serviceLevel'], spec.serviceLevel, 'the service level, a text'],
    [['spec', 'alerting', 'name'], spec.alerting?.name, 'the name of the alert'],
    [['spec', 'alerting', 'absentName'], spec.alerting?.absentName, 'the name of the alert'],
    [['spec', 'alerting', 'severities'], spec.alerting?.severities, 'severities: tiers are page and ticket'],
    [['spec', 'partial_response_strategy'], spec.partial_response_strategy, 'it speaks of Thanos'],
    [['spec', 'performanceOverAccuracy'], spec.performanceOverAccuracy, 'counts are exact here'],
    [['spec', 'ruleOutput'], spec.ruleOutput, 'it speaks of generated rules'],
  ];
  for (const [path, value, why] of lost) if (value !== undefined) remarks.lose(path, why);
  for (const name of Object.keys(labels).filter((label) => !label.startsWith(LABEL_PREFIX)))
    remarks.lose(['metadata', 'labels', name], `the label ${name} of the resource; those of ${LABEL_PREFIX} are kept`);
  if (spec.alerting?.disabled !== true && spec.alerting?.burnrates !== false)
    remarks.lose(['spec', 'window'], 'the burn factors 14, 7, 2, 1; the pairs of docs/alerts.md alert instead');
}
