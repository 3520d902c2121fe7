import { z } from 'zod';
import { got } from '../files/written-value.ts';
import { filledText, names, optional, text } from '../prometheus/field.ts';

/** A resource of Kubernetes: its metadata, of which much belongs to the cluster, and its `spec`. */
export function resourceSchema<T extends z.ZodType>(spec: T) {
  const metadata = z.object(
    { name: filledText('the name of the resource'), namespace: optional(text('a namespace')), labels: optional(names) },
    { error: (issue) => got(issue.input, 'a map with name') },
  );
  return z.object({ metadata, spec });
}
