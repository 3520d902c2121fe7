import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LogPipeline {
  readonly log: string;
  /** The collector's name. */
  readonly name?: string;
  /** More options of the sink, such as "url: http://...". */
  readonly sink?: readonly string[];
}

/** Writes a configuration into a folder of its own: one access log, counted with the defaults. Returns the folder. */
export function writeLogPipeline(folder: string, { log, name, sink = [] }: LogPipeline): string {
  mkdirSync(folder, { recursive: true });
  const config = `
data_dir: data
${name === undefined ? '' : `name: ${name}`}
sources:
  log: {type: file, include: ['${log}'], service: site}
transforms:
  access: {type: parse, inputs: [log], format: access_log}
  requests: {type: log_to_metric, inputs: [access]}
sinks:
  vigie:
    type: vigie
    inputs: [requests]
${sink.map((option) => `    ${option}\n`).join('')}`;
  writeFileSync(join(folder, 'vigie.yaml'), config);
  return folder;
}
