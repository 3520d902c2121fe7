import type { Selector } from '../../server/model/engine.ts';
import { writtenEntry } from '../files/print-slo.ts';
import type { Indicator } from '../indicator.ts';
import { metricNameOf, renamed } from '../indicator.ts';
import type { SloDefinition } from '../slo-definition.ts';
import { boundaryMatcher } from './bucket-boundary.ts';

/** Definitions as a file of another tool. */
export interface Exported {
  readonly text: string;
  /** What the other tool has no place for, by SLO: the rest is carried. */
  readonly losses: readonly ExportRemark[];
  /** SLOs that cannot be said there at all. */
  readonly refused: readonly ExportRemark[];
}

export interface ExportRemark {
  readonly slo: string;
  readonly message: string;
}

/** One definition said in the words of another tool. */
export interface ExportedSlo {
  readonly documents: readonly unknown[];
  readonly losses: readonly string[];
}

/** Says each definition for itself; one whose saying throws is refused. `print` makes the text of all documents. */
export function exportEach(
  slos: readonly SloDefinition[],
  say: (slo: SloDefinition) => ExportedSlo,
  print: (documents: readonly unknown[]) => string,
): Exported {
  const documents: unknown[] = [];
  const losses: ExportRemark[] = [];
  const refused: ExportRemark[] = [];
  for (const slo of slos) {
    try {
      const said = say(slo);
      documents.push(...said.documents);
      losses.push(...said.losses.map((message) => ({ slo: slo.id, message })));
    } catch (error) {
      refused.push({ slo: slo.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { text: documents.length === 0 ? '' : print(documents), losses, refused };
}

/** Keys of the written definition that another tool has no word for. */
export function unsaidKeys(slo: SloDefinition, said: readonly string[]): readonly string[] {
  return Object.keys(writtenEntry(slo)).filter((key) => !said.includes(key));
}

/** Throws for a definition that is several: said without its labels it would be another promise. */
export function refuseGroups({ group_by }: SloDefinition): void {
  if (group_by !== undefined) throw new Error(`one SLO for each ${group_by.labels.join(', ')} is not said there`);
}

/** The two counts of an indicator as selectors of PromQL. */
export interface ExportedPair {
  readonly total: Selector;
  readonly part: Selector;
  readonly counts: 'good' | 'bad';
}

/** A latency counts the bucket at its threshold, however the histogram spells it. Throws for an indicator that counts no events. */
export function exportedPair(indicator: Indicator): ExportedPair {
  switch (indicator.kind) {
    case 'availability':
      return { total: indicator.total.selector, part: indicator.part.selector, counts: indicator.counts };
    case 'latency': {
      const { selector } = indicator.histogram;
      const name = metricNameOf(selector);
      const bucket = [...renamed(selector, `${name}_bucket`), boundaryMatcher(indicator.threshold)];
      return { total: renamed(selector, `${name}_count`), part: bucket, counts: 'good' };
    }
    case 'composite':
      throw new Error('a composite of other SLOs is not said there');
    case 'query':
    case 'up':
      throw new Error(`${indicator.kind} is asked for each slice of time, which is not said there`);
  }
}
