import { z } from 'zod';
import { sinkSchema, sourceSchema, transformSchema } from './component-types.ts';
import { componentId } from './options.ts';

/** The pipeline in Vector's shape: three maps from ids to components, joined by `inputs`. */
export const collectorConfigSchema = z.strictObject({
  sources: z.record(componentId, sourceSchema).default({}),
  transforms: z.record(componentId, transformSchema).default({}),
  sinks: z.record(componentId, sinkSchema).default({}),
});
export type CollectorConfig = z.output<typeof collectorConfigSchema>;
/** The same before defaults are filled in: what a program writes down. */
export type CollectorConfigInput = z.input<typeof collectorConfigSchema>;
