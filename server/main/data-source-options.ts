import { z } from 'zod';
import { duration } from '../../collector/main.ts';
import { DATA_SOURCE_TYPES, type DataSourceConfig } from '../model/data-source.ts';
import { DAY, SECOND } from '../model/units.ts';
import { selectorSchema } from './ring-options.ts';

const MAX_SOURCES = 256;

/** Seconds are whole: rrdtool's are. */
const heartbeat = duration(SECOND, DAY).refine((length) => length % SECOND === 0, { error: 'want whole seconds' });

/** `store: {data_sources: [...]}`: series of the kind *rrd*, by the first entry that matches; each as rrdtool's `DS:name:type:heartbeat:min:max`. */
export const dataSourcesSchema = z
  .array(
    z
      .strictObject({
        match: selectorSchema,
        type: z.enum(DATA_SOURCE_TYPES),
        heartbeat,
        min: z.number().optional(),
        max: z.number().optional(),
      })
      .refine(({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => min < max, {
        path: ['max'],
        error: 'want more than min: no rate lies between them',
      })
      .transform(
        ({ match, type, heartbeat, min, max }): DataSourceConfig => ({
          ...match,
          source: {
            ...{ type, heartbeat_secs: heartbeat / SECOND },
            ...(min !== undefined && { min }),
            ...(max !== undefined && { max }),
          },
        }),
      ),
  )
  .max(MAX_SOURCES)
  .default([]);
