import type { Command, CommandOptions } from 'commander';
import type { ServerOptions } from './client.ts';
import { examples, options } from './options.ts';

/** The flags of every command that asks a running server. */
export interface AskOptions extends ServerOptions {
  readonly json?: boolean;
}

/** A command that groups questions to a running server, such as `vigie slo`: each has the flags of AskOptions and the examples of all. */
export function commandGroup(
  program: Command,
  name: string,
  description: string,
  shown: Parameters<typeof examples>[0],
): (usage: string, description: string, options?: CommandOptions) => Command {
  const text = examples(shown);
  const group = program.command(name).description(description).addHelpText('before', text);
  return (usage, meaning, own = {}) =>
    group
      .command(usage, own)
      .description(meaning)
      .addOption(options.server())
      .addOption(options.token())
      .addOption(options.json())
      .addHelpText('before', text);
}
