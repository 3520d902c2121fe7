import type { Command, CommandOptions } from 'commander';
import type { ServerOptions } from './client.ts';
import { examples, options } from './options.ts';

/** The flags of every command that asks a running server. */
export interface AskOptions extends ServerOptions {
  readonly json?: boolean;
}

export interface CommandGroup {
  readonly group: Command;
  /** Adds a question to a running server: it has the flags of AskOptions and the examples of all. */
  command(usage: string, description: string, own?: CommandOptions): Command;
}

/** A command that groups questions to a running server, such as `vigie slo`. */
export function commandGroup(
  program: Command,
  name: string,
  description: string,
  shown: Parameters<typeof examples>[0],
): CommandGroup {
  const text = examples(shown);
  const group = program.command(name).description(description).addHelpText('before', text);
  const command: CommandGroup['command'] = (usage, meaning, own = {}) =>
    group
      .command(usage, own)
      .description(meaning)
      .addOption(options.server())
      .addOption(options.token())
      .addOption(options.json())
      .addHelpText('before', text);
  return { group, command };
}
