import { z } from 'zod';
import { filledText, flag, list, map, names, optional, text } from '../prometheus/field.ts';
import { resourceSchema } from './kubernetes-resource.ts';

export const SLOTH = { version: 'prometheus/v1' } as const;
export const SLOTH_RESOURCE = { apiVersion: 'sloth.slok.dev/v1', kind: 'PrometheusServiceLevel' } as const;

/** How a key is written: files have snake_case, resources of Kubernetes camelCase. */
export type Spelling = (key: string) => string;

export const inFile: Spelling = (key) => key;
export const inResource: Spelling = (key) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A key as files write it: what `inResource` made of it. */
function asInFile(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function spelled<T extends z.ZodRawShape>(shape: T, want: string, spelling: Spelling) {
  const written = Object.fromEntries(Object.entries(shape).map(([key, field]) => [spelling(key), field]));
  const known = map(written, want);
  type Fields = z.output<z.ZodObject<T>>;
  return known.transform(
    (fields): Fields =>
      Object.fromEntries(Object.entries(fields).map(([key, value]) => [asInFile(key), value])) as Fields,
  );
}

/** The objectives of one service (pkg/prometheus/api/v1 of https://github.com/slok/sloth). */
function specSchema(spelling: Spelling, extra: z.ZodRawShape = {}) {
  const fields = <T extends z.ZodRawShape>(shape: T, want: string) => spelled(shape, want, spelling);
  const alert = fields(
    { disable: optional(flag), labels: optional(names), annotations: optional(names) },
    'a map of disable, labels, annotations',
  );
  const plugin = optional(z.unknown());
  const sli = fields(
    {
      raw: optional(fields({ error_ratio_query: filledText('a query') }, 'a map with error_ratio_query')),
      events: optional(
        fields(
          { error_query: filledText('a query'), total_query: filledText('a query') },
          'a map of error_query, total_query',
        ),
      ),
      plugin,
    },
    'a map of events, raw or plugin',
  );
  const slo = fields(
    {
      name: filledText('the name of the objective'),
      description: optional(text('a text')),
      objective: filledText('a percentage such as 99.9'),
      plugins: plugin,
      slo_plugins: plugin,
      labels: optional(names),
      sli,
      alerting: optional(
        fields(
          {
            name: optional(text('a name')),
            labels: optional(names),
            annotations: optional(names),
            page_alert: optional(alert),
            ticket_alert: optional(alert),
          },
          'a map of name, page_alert, ticket_alert ...',
        ),
      ),
    },
    'a map of name, objective, sli ...',
  );
  return fields(
    {
      ...extra,
      service: filledText('the name of the service'),
      labels: optional(names),
      slo_plugins: plugin,
      slos: list(slo, 'a list of objectives'),
    },
    'a map of service, slos ...',
  );
}

export const slothFileSchema = specSchema(inFile, { version: text('prometheus/v1') });
export const slothResourceSchema = resourceSchema(specSchema(inResource));

export type SlothSpec = z.output<ReturnType<typeof specSchema>>;
export type SlothSlo = SlothSpec['slos'][number];
