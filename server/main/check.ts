import { readSloFolder, remarkText } from '../evaluation/slo-book.ts';
import { VigieError } from '../model/errors.ts';
import { loadConfig } from './config.ts';

/** Reads configuration and SLO files as a start would. Throws `bad_config` with every problem; returns a summary. */
export function checkEverything(file: string, env: NodeJS.ProcessEnv): string {
  const config = loadConfig(file, env);
  const { slos, problems, notes } = readSloFolder(config.slos);
  if (problems.length > 0) throw new VigieError('bad_config', problems.map(remarkText).join('\n'));
  const parts = [config.sources, config.transforms, config.sinks].map((components) => Object.keys(components).length);
  const summary = `${config.file}: ${parts[0]} sources, ${parts[1]} transforms, ${parts[2]} sinks, ${slos.length} SLOs: all good`;
  return [...notes.map(remarkText), summary].join('\n');
}
