import { z } from 'zod';
import { messageOf } from '../server/model/errors.ts';
import { isLabelName, isMetricName } from '../server/model/labels.ts';
import { parseBytes, parseDuration } from '../server/model/units.ts';
import { isZone, localZone } from '../server/model/zones.ts';

/** The user's name of a component. No dot: that separates a component from its output in Vector's files. */
const ID = /^[A-Za-z0-9_-]{1,100}$/;

export const componentId = z.string().regex(ID, 'want an id of letters, digits, "_" and "-"');

/** The components whose output is read; at least one. */
export const inputs = z.array(z.string()).min(1, 'want at least one input');

/** A duration with its unit, such as "10s"; the value is milliseconds. Bounds are inclusive. */
export function duration(min_ms: number, max_ms: number): z.ZodType<number, string> {
  return text(parseDuration).refine(
    (value) => value >= min_ms && value <= max_ms,
    `want a duration between ${min_ms} ms and ${max_ms} ms`,
  );
}

/** A size with its unit, such as "512MiB"; the value is bytes. Bounds are inclusive. */
export function size(min_bytes: number, max_bytes: number): z.ZodType<number, string> {
  return text(parseBytes).refine(
    (value) => value >= min_bytes && value <= max_bytes,
    `want a size between ${min_bytes} B and ${max_bytes} B`,
  );
}

export const metricName = z.string().refine(isMetricName, 'want a metric name such as "http_requests_total"');
export const labelName = z.string().refine(isLabelName, 'want a label name such as "status"');

/** The zone of clocks on the wall; the machine's own unless given. */
export const timezone = z
  .string()
  .refine(isZone, 'want a zone of the IANA database, such as "Europe/Paris" or "UTC"')
  .default(localZone);

function text<T extends number>(parse: (value: string) => T): z.ZodType<T, string> {
  return z.string('want text with a unit').transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
      return z.NEVER;
    }
  });
}
