import { messageOf } from '../../server/model/errors.ts';
import { INDICATORS } from '../files/indicator-schema.ts';
import { formatObjective } from '../files/percentage.ts';
import type { FileRemark, Path } from '../files/yaml-file.ts';
import type { ParseSelector } from '../indicator.ts';
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
import { isMadeOfAlerts } from './openslo-alerts.ts';
import { openIndicator } from './openslo-indicator.ts';
import { type OpenObjects, type Placed, readObjects } from './openslo-objects.ts';
import { ANNOTATION_PREFIX, type OpenObjective, type OpenSlo } from './openslo-schema.ts';
import { openWindow } from './openslo-window.ts';

/** Objects of OpenSLO v1 of all files together. */
export function readOpenSlo(documents: readonly ForeignDocument[], parseSelector: ParseSelector): ForeignFiles {
  const objects = readObjects(documents);
  const slos = objects.slos.flatMap((slo) => slosOf(slo, objects, parseSelector));
  return { slos, problems: objects.problems, losses: objects.losses };
}

/** An SLO of several objectives is several of ours. */
function slosOf(slo: Placed<OpenSlo>, objects: OpenObjects, parseSelector: ParseSelector): readonly ForeignSlo[] {
  const { objectives } = slo.object.spec;
  if (objectives.length === 0) {
    const remarks = new Remarks(slo.place);
    remarks.refuse(['spec', 'objectives'], 'got no objective; want at least one');
    return [{ entry: {}, place: slo.place, problems: remarks.problems, losses: [] }];
  }
  const told = new Set<string>();
  const once = (remark: FileRemark): boolean => told.size < told.add(JSON.stringify(remark)).size;
  return objectives
    .map((objective, i) => sloOf(slo, objective, i, objects, parseSelector))
    .map((read) => ({
      ...read,
      refused: slo.isMended === true || read.problems.length > 0,
      problems: read.problems.filter(once),
    }));
}

function sloOf(
  { object: { metadata, spec }, place }: Placed<OpenSlo>,
  objective: OpenObjective,
  i: number,
  objects: OpenObjects,
  parseSelector: ParseSelector,
): ForeignSlo {
  const remarks = new Remarks(place);
  const at: Path = ['spec', 'objectives', i];
  const only = spec.objectives.length === 1;
  const title = titleOf(metadata.displayName, metadata.name, ['metadata', 'displayName'], remarks);
  const name = objective.displayName?.trim() || String(i + 1);
  const exported = annotated(metadata.annotations, remarks);
  const entry = {
    id: idOfName(only ? metadata.name : `${metadata.name}-${name}`),
    title: only ? title : `${title}: ${name}`,
    service: spec.service,
    ...carriedLabels(metadata.labels, ['metadata', 'labels'], remarks),
    ...targetOf(objective, at, remarks),
    ...openWindow(spec.timeWindow, remarks),
    ...(INDICATORS.some((kind) => kind in exported)
      ? {}
      : indicatorOf(spec, objective, at, objects, parseSelector, remarks)),
    ...exported,
  };
  if (i === 0) tellLosses(metadata, spec, remarks);
  const ways = {
    title: only ? ['metadata', 'displayName'] : at,
    service: ['spec', 'service'],
    objective: [...at, objective.target === undefined ? 'targetPercent' : 'target'],
    window: ['spec', 'timeWindow', 0, 'duration'],
    slices: at,
    query: at,
    labels: ['metadata', 'labels'],
    alerts: ['metadata', 'annotations'],
  };
  return {
    entry,
    place: ledPlace(place, only ? ['metadata', 'name'] : at, ways),
    problems: remarks.problems,
    losses: remarks.losses,
  };
}

function targetOf({ target, targetPercent }: OpenObjective, at: Path, remarks: Remarks): object {
  if ((target === undefined) === (targetPercent === undefined)) {
    const got = target === undefined ? 'neither' : 'both';
    remarks.refuse(at, `got ${got} of target and targetPercent; want exactly one`);
    return {};
  }
  return { objective: formatObjective(target ?? (targetPercent ?? 0) / 100) };
}

function indicatorOf(
  { indicator, indicatorRef, budgetingMethod: method }: OpenSlo['spec'],
  objective: OpenObjective,
  at: Path,
  { indicators, dataSources }: OpenObjects,
  parseSelector: ParseSelector,
  remarks: Remarks,
): object | undefined {
  const { indicator: own, indicatorRef: ownRef, compositeWeight } = objective;
  if (own !== undefined || ownRef !== undefined || compositeWeight !== undefined)
    return remarks.refuse(at, 'a composite of several indicators is not evaluated; want one SLO for each');
  if ((indicator === undefined) === (indicatorRef === undefined)) {
    const got = indicator === undefined ? 'neither' : 'both';
    return remarks.refuse(['spec'], `got ${got} of indicator and indicatorRef; want exactly one`);
  }
  const reading = { sources: dataSources, parseSelector, sliced: { method, objective, at }, told: remarks };
  if (indicator !== undefined)
    return openIndicator(indicator.spec, ['spec', 'indicator', 'spec'], { ...reading, remarks });
  const referred = indicators.get(indicatorRef ?? '');
  if (referred === undefined) {
    const known = [...indicators.keys()].join(', ') || 'none';
    return remarks.refuse(
      ['spec', 'indicatorRef'],
      `there is no SLI ${JSON.stringify(indicatorRef)}; there is ${known}`,
    );
  }
  const there = new Remarks(referred.place);
  const read = openIndicator(referred.object.spec, ['spec'], { ...reading, remarks: there });
  remarks.problems.push(...there.problems);
  remarks.losses.push(...there.losses);
  return read;
}

/** What `vigie slo export` could say in no other way. */
function annotated(annotations: Readonly<Record<string, string>> | undefined, remarks: Remarks): object {
  const own = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(ANNOTATION_PREFIX));
  const read = own.map(([name, json]) => [name.slice(ANNOTATION_PREFIX.length), parsed(name, json, remarks)]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

function parsed(name: string, json: string, remarks: Remarks): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    return remarks.refuse(['metadata', 'annotations', name], `cannot read it as JSON: ${messageOf(error)}`);
  }
}

function tellLosses(metadata: OpenSlo['metadata'], spec: OpenSlo['spec'], remarks: Remarks): void {
  for (const name of Object.keys(metadata.annotations ?? {}).filter((one) => !one.startsWith(ANNOTATION_PREFIX)))
    remarks.lose(['metadata', 'annotations', name], `the annotation ${JSON.stringify(name)}`);
  if (spec.description !== undefined) remarks.lose(['spec', 'description'], 'the description; the title is kept');
  if (!spec.alertPolicies.every(isMadeOfAlerts))
    remarks.lose(['spec', 'alertPolicies'], 'alert policies: Vigie alerts by pairs of burn windows');
}
