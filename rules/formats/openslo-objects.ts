import type { z } from 'zod';
import { nearestWord } from '../../server/model/nearest-word.ts';
import { type FileRemark, isRecord, type Path, type Place } from '../files/yaml-file.ts';
import type { ForeignDocument } from './foreign-slo.ts';
import { judgedDocument, type StandIns } from './judged-document.ts';
import {
  alertingSchema,
  dataSourceSchema,
  indicatorSchema,
  OPENSLO_VERSION,
  type OpenDataSource,
  type OpenIndicator,
  type OpenSlo,
  serviceSchema,
  sloSchema,
} from './openslo-schema.ts';

/** All objects of all files: any may refer to any other by kind and name. */
export interface OpenObjects {
  readonly slos: readonly Placed<OpenSlo>[];
  readonly indicators: ReadonlyMap<string, Placed<{ readonly spec: OpenIndicator }>>;
  readonly dataSources: ReadonlyMap<string, Placed<OpenDataSource>>;
  readonly problems: readonly FileRemark[];
  readonly losses: readonly FileRemark[];
}

export interface Placed<T> {
  readonly object: T;
  readonly place: Place;
  /** Its schema refuses it, which is told: it is only judged. */
  readonly isMended?: true;
}

const SCHEMAS: Readonly<Record<string, z.ZodType<{ readonly metadata: { readonly name: string } }>>> = {
  SLO: sloSchema,
  SLI: indicatorSchema,
  DataSource: dataSourceSchema,
  Service: serviceSchema,
  AlertPolicy: alertingSchema,
  AlertCondition: alertingSchema,
  AlertNotificationTarget: alertingSchema,
};

const NOT_CARRIED: Readonly<Record<string, string>> = {
  AlertPolicy: 'alert policies: Vigie alerts by pairs of burn windows',
  AlertCondition: 'alert conditions: Vigie alerts by pairs of burn windows',
  AlertNotificationTarget: 'notification targets: receivers stand in vigie.yaml',
};

/** What objects that others refer to may say and Vigie has no place for. */
const SAID: readonly Path[] = [
  ['metadata', 'displayName'],
  ['metadata', 'labels'],
  ['metadata', 'annotations'],
  ['spec', 'description'],
];
const LOST_FIELDS: Readonly<Record<string, readonly Path[]>> = {
  Service: SAID,
  SLI: SAID,
  DataSource: [...SAID, ['spec', 'connectionDetails']],
};

export function readObjects(documents: readonly ForeignDocument[]): OpenObjects {
  const problems: FileRemark[] = [];
  const losses: FileRemark[] = [];
  const slos: Placed<OpenSlo>[] = [];
  const indicators = new Map<string, Placed<{ readonly spec: OpenIndicator }>>();
  const dataSources = new Map<string, Placed<OpenDataSource>>();
  const names = new Set<string>();
  for (const document of documents) {
    const { content, place } = document;
    const { kind, found, wrong } = readObject(document);
    problems.push(...wrong);
    if (found === undefined) {
      const isSlo = kind === 'SLO' && content.apiVersion === OPENSLO_VERSION;
      const { data } = isSlo ? judgedDocument(sloSchema, document, STAND_INS) : {};
      if (data !== undefined) slos.push({ object: data, place, isMended: true });
      continue;
    }
    const { name } = found.metadata;
    if (names.has(`${kind}/${name}`)) {
      problems.push(
        place(['metadata', 'name'], `there is a ${kind} ${JSON.stringify(name)} already; want another name`),
      );
      continue;
    }
    names.add(`${kind}/${name}`);
    const lost = NOT_CARRIED[kind];
    if (lost !== undefined) losses.push(place(['kind'], `not carried over: ${lost}`));
    losses.push(...lostFields(kind, content, place));
    if (kind === 'SLO') slos.push({ object: sloSchema.parse(content), place });
    if (kind === 'SLI') indicators.set(name, { object: indicatorSchema.parse(content), place });
    if (kind === 'DataSource') dataSources.set(name, { object: dataSourceSchema.parse(content), place });
  }
  return { slos, indicators, dataSources, problems, losses };
}

const metric = (query: string) => ({ metricSource: { type: 'Prometheus', spec: { query } } });
const STAND_INS: StandIns = {
  name: (own) => own,
  service: () => 'unread',
  indicator: () => ({
    spec: { ratioMetric: { counter: 'true', bad: metric('unread_bad_total'), total: metric('unread_total') } },
  }),
  timeWindow: () => [{ duration: '30d', isRolling: 'true' }],
  target: () => '0.99',
  targetPercent: () => '99',
};

function lostFields(kind: string, content: ForeignDocument['content'], place: Place): readonly FileRemark[] {
  const written = (LOST_FIELDS[kind] ?? []).filter((path) => valueAt(content, path) !== undefined);
  return written.map((path) => place(path, `not carried over: the ${path.at(-1)} of a ${kind}`));
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), content);
}

function readObject(document: ForeignDocument) {
  const { content, place } = document;
  const kind = String(content.kind ?? '');
  const schema = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind] : undefined;
  if (content.apiVersion !== OPENSLO_VERSION) {
    const message = `got ${JSON.stringify(content.apiVersion)}; want ${OPENSLO_VERSION}`;
    return { kind, wrong: [place(['apiVersion'], message)] };
  }
  if (schema === undefined) {
    const known = Object.keys(SCHEMAS);
    const near = nearestWord(kind, known);
    const want = near === undefined ? `want one of ${known.join(', ')}` : `did you mean ${near}?`;
    return { kind, wrong: [place(['kind'], `got the kind ${JSON.stringify(kind)}; ${want}`)] };
  }
  const { data, problems } = judgedDocument(schema, document, STAND_INS);
  return problems.length === 0 ? { kind, found: data, wrong: [] } : { kind, wrong: problems };
}
