import { messageOf } from '../../server/model/errors.ts';
import type { Path } from '../files/yaml-file.ts';
import type { ParseSelector } from '../indicator.ts';
import { refuseMistakes } from '../query-selectors.ts';
import { indicatorOfPair, indicatorOfRatio } from './event-ratio.ts';
import { carriedLabels } from './foreign-labels.ts';
import {
  type ForeignDocument,
  type ForeignFiles,
  type ForeignSlo,
  idOfName,
  ledPlace,
  Remarks,
  titleOf,
} from './foreign-slo.ts';
import { judgedDocument, type StandIns } from './judged-document.ts';
import { overSomeWindow, WINDOW } from './ratio-query.ts';
import {
  inFile,
  inResource,
  type SlothSlo,
  type SlothSpec,
  type Spelling,
  slothFileSchema,
  slothResourceSchema,
} from './sloth-schema.ts';

/** Sloth takes the period of all objectives from a flag; this is what it takes without one. */
const PERIOD = '30d';

/** How one document is written. */
interface Writing {
  readonly spelling: Spelling;
  /** Where the objectives of the service stand. */
  readonly at: Path;
}

/** Files of Sloth, `version: prometheus/v1`, and its resource of Kubernetes. */
export function readSloth(documents: readonly ForeignDocument[], parseSelector: ParseSelector): ForeignFiles {
  const read = documents.map((document) => readDocument(document, parseSelector));
  return {
    slos: read.flatMap(({ slos }) => slos),
    problems: read.flatMap(({ problems }) => problems),
    losses: read.flatMap(({ losses }) => losses),
  };
}

function readDocument(document: ForeignDocument, parseSelector: ParseSelector): ForeignFiles {
  const { content, place } = document;
  const isFile = 'version' in content;
  const writing = isFile ? { spelling: inFile, at: [] } : { spelling: inResource, at: ['spec'] };
  const { spec, problems } = isFile ? readFile(document) : readResource(document);
  if (spec === undefined) return { slos: [], problems, losses: [] };
  const remarks = new Remarks(place);
  tellPlugins(spec.slo_plugins, [...writing.at, writing.spelling('slo_plugins')], remarks);
  const slos = spec.slos.map((slo, i) => ({
    ...sloOf(slo, spec, { ...writing, at: [...writing.at, 'slos', i] }, place, parseSelector),
    refused: problems.length > 0,
  }));
  return { slos, problems, losses: remarks.losses };
}

function readFile(document: ForeignDocument) {
  const { data, problems } = judgedDocument(slothFileSchema, document, standIns(inFile));
  return { spec: data, problems };
}

function readResource(document: ForeignDocument) {
  const { data, problems } = judgedDocument(slothResourceSchema, document, standIns(inResource));
  return { spec: data?.spec, problems };
}

function standIns(spelling: Spelling): StandIns {
  const query = (metric: string): string => `sum(rate(${metric}[{{.window}}]))`;
  const bad = [spelling('error_query'), query('unread_bad_total')] as const;
  const all = [spelling('total_query'), query('unread_total')] as const;
  return {
    name: (own) => own,
    service: () => 'unread',
    objective: () => '99',
    sli: () => ({ events: Object.fromEntries([bad, all]) }),
  };
}

function tellPlugins(plugins: unknown, at: Path, remarks: Remarks): void {
  if (plugins !== undefined) remarks.lose(at, 'plugins: they change the rules that Sloth generates, and are not run');
}

function sloOf(
  slo: SlothSlo,
  { service, labels }: SlothSpec,
  writing: Writing,
  place: ForeignDocument['place'],
  parseSelector: ParseSelector,
): ForeignSlo {
  const { at, spelling } = writing;
  const remarks = new Remarks(place);
  const indicator = indicatorOf(slo.sli, writing, parseSelector, remarks);
  tellLosses(slo, writing, remarks);
  return {
    entry: {
      id: idOf(service, slo.name),
      title: titleOf(slo.description, slo.name, [...at, 'description'], remarks),
      service,
      ...carriedLabels({ ...labels, ...slo.labels }, [...at, 'labels'], remarks),
      objective: `${slo.objective}%`,
      window: PERIOD,
      ...indicator,
      ...alertsOf(slo.alerting),
    },
    place: ledPlace(place, [...at, 'name'], {
      title: [...at, 'description'],
      objective: [...at, 'objective'],
      availability: [...at, 'sli'],
      latency: [...at, 'sli'],
      query: [...at, 'sli', 'raw'],
      alerts: [...at, 'alerting', spelling('page_alert')],
      labels: [...at, 'labels'],
    }),
    problems: remarks.problems,
    losses: remarks.losses,
  };
}

/** Names are unique within a service there, ids among all here. */
export function idOf(service: string, name: string): string {
  const [prefix, id] = [idOfName(service), idOfName(name)];
  return id === prefix || id.startsWith(`${prefix}-`) ? id : idOfName(`${prefix}-${id}`);
}

function indicatorOf(
  { events, raw, plugin }: SlothSlo['sli'],
  { at, spelling }: Writing,
  parseSelector: ParseSelector,
  remarks: Remarks,
): object | undefined {
  const found = Object.values({ events, raw, plugin }).filter((value) => value !== undefined);
  if (found.length !== 1)
    return remarks.refuse([...at, 'sli'], `got ${found.length} of events, raw and plugin; want exactly one`);
  if (plugin !== undefined)
    return remarks.refuse([...at, 'sli', 'plugin'], 'plugins are programs of Sloth; want events, the queries it makes');
  if (raw !== undefined) {
    const query = [...at, 'sli', 'raw', spelling('error_ratio_query')];
    const read = checked(raw.error_ratio_query, query, parseSelector, remarks);
    return read === undefined ? undefined : rawIndicator(read, query, parseSelector, remarks);
  }
  if (events === undefined) return undefined;
  const { error_query: part, total_query: total } = events;
  const path = (key: string): Path => [...at, 'sli', 'events', spelling(key)];
  const isWrong = [
    checked(part, path('error_query'), parseSelector, remarks),
    checked(total, path('total_query'), parseSelector, remarks),
  ].includes(undefined);
  if (isWrong) return undefined;
  return remarks.attempt(path('error_query'), () => indicatorOfPair({ total, part, counts: 'bad' }, parseSelector));
}

/** The query, if it is one. */
function checked(query: string, at: Path, parseSelector: ParseSelector, remarks: Remarks): string | undefined {
  return remarks.attempt(at, () => {
    refuseMistakes(overSomeWindow(query), parseSelector);
    return query;
  });
}

/** What is no ratio of counts is asked for each slice, and the mean counts: Sloth's own figure of a period is a mean of such ratios. */
function rawIndicator(written: string, at: Path, parseSelector: ParseSelector, remarks: Remarks): object {
  try {
    return indicatorOfRatio(written, 'bad', parseSelector);
  } catch (error) {
    const why = `no counts (${messageOf(error)})`;
    remarks.lose(
      at,
      `${why}: it is asked every ${RAW_SLICE}, and the mean of the answers is the figure of every window`,
    );
    return { query: { error_ratio: written.replaceAll(WINDOW, RAW_SLICE).trim(), every: RAW_SLICE } };
  }
}

/** The window of the ratios that Sloth takes the mean of. */
const RAW_SLICE = '5m';

function alertsOf({ page_alert, ticket_alert }: NonNullable<SlothSlo['alerting']> = {}) {
  const none = {
    ...(page_alert?.disable === true && { page: 'none' }),
    ...(ticket_alert?.disable === true && { ticket: 'none' }),
  };
  return Object.keys(none).length === 0 ? {} : { alerts: none };
}

function tellLosses({ alerting, plugins, slo_plugins }: SlothSlo, { at, spelling }: Writing, remarks: Remarks): void {
  remarks.lose([...at, 'name'], `the period, which Sloth takes from a flag: it is ${PERIOD} here`);
  tellPlugins(plugins ?? slo_plugins, [...at, plugins === undefined ? spelling('slo_plugins') : 'plugins'], remarks);
  if (alerting === undefined) return;
  const texts: readonly (readonly [string, typeof alerting])[] = [
    ['', alerting],
    ['page_alert', { ...alerting.page_alert }],
    ['ticket_alert', { ...alerting.ticket_alert }],
  ];
  for (const [key, { labels, annotations }] of texts) {
    const path = [...at, 'alerting', ...(key === '' ? [] : [spelling(key)])];
    if (labels !== undefined) remarks.lose([...path, 'labels'], 'labels of alerts: alerts have those of the objective');
    if (annotations !== undefined) remarks.lose([...path, 'annotations'], 'annotations of alerts');
  }
}
