import { isLabelName, isMetricName, type Labels, SERIES_KINDS, type SeriesId, sortLabels } from '../../model/labels.ts';
import { LABEL_LIMITS } from '../limits.ts';

/** A series of the wire, its labels sorted; undefined when it is none, or too large. */
export function readIdentity(value: unknown): SeriesId | undefined {
  const { kind, name, labels } = isRecord(value) ? value : {};
  // Which series are data sources is declared here, and no sender's to say.
  const known = SERIES_KINDS.find((candidate) => candidate === kind && candidate !== 'rrd');
  if (known === undefined || typeof name !== 'string' || !isMetricName(name) || !isLabels(labels)) return undefined;
  const sorted = sortLabels(labels);
  return withinLimits(name, sorted) ? { kind: known, name, labels: sorted } : undefined;
}

/** Label sets by index; undefined where one is none. */
export function readStreams(streams: unknown): (Labels | undefined)[] {
  const asLabels = (labels: unknown) => (isLabels(labels) && withinLimits('', labels) ? labels : undefined);
  return Array.isArray(streams) ? streams.map(asLabels) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabels(labels: unknown): labels is Labels {
  if (!isRecord(labels)) return false;
  return Object.entries(labels).every(
    ([label, value]) =>
      isLabelName(label) && label !== '__name__' && label !== '__proto__' && typeof value === 'string',
  );
}

function withinLimits(name: string, labels: Labels): boolean {
  const entries = Object.entries(labels);
  const size = entries.reduce((sum, [label, value]) => sum + label.length + Buffer.byteLength(value), name.length);
  return (
    size <= LABEL_LIMITS.identity_bytes &&
    entries.length <= LABEL_LIMITS.labels &&
    [name, ...Object.keys(labels)].every((text) => text.length <= LABEL_LIMITS.name_bytes) &&
    entries.every(([, value]) => Buffer.byteLength(value) <= LABEL_LIMITS.value_bytes)
  );
}
