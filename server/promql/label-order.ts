import { byMetric, metricOf, type Sample, type Vector } from './value.ts';

/** In the order of these labels, numbers inside a value by their size: `node2` before `node10`. Equals by all of their labels. */
export function sortedByLabels(vector: Vector, labels: readonly string[]): Vector {
  return [...vector].sort((a, b) => byLabels(a, b, labels) || byMetric(a, b));
}

function byLabels(a: Sample, b: Sample, labels: readonly string[]): number {
  const [ofA, ofB] = [metricOf(a), metricOf(b)];
  for (const label of labels) {
    const order = naturalOrder(ofA[label] ?? '', ofB[label] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Runs of digits are compared as numbers, other runs letter by letter. */
function naturalOrder(a: string, b: string): number {
  const [runsA, runsB] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (const [i, runA] of runsA.entries()) {
    const runB = runsB[i];
    if (runB === undefined) return 1;
    const difference = /^\d/.test(runA) && /^\d/.test(runB) ? Number(runA) - Number(runB) : 0;
    if (difference !== 0) return difference;
    if (runA !== runB) return runA < runB ? -1 : 1;
  }
  return runsA.length - runsB.length;
}
