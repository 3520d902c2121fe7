import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import type { GateOverride, OverrideRequest, OverridesAnswer } from '../model/gate.ts';
import { askServer } from './client.ts';
import { options } from './options.ts';
import type { AskOptions } from './server-command.ts';
import { moment, print, printable, printJson, table, tell } from './terminal.ts';

interface OverrideOptions extends AskOptions {
  readonly service?: readonly string[];
  readonly for: string;
  readonly reason: string;
  readonly by: string;
}

const PATH = '/api/vigie/gate/overrides';

/** The commands below `vigie gate`. It takes the flags they share with it, wherever they stand. */
export function addOverrides(gate: Command): void {
  const command = (name: string, meaning: string): Command =>
    gate
      .command(name)
      .description(meaning)
      .addOption(options.server())
      .addOption(options.token())
      .addOption(options.json());
  const by = (): Option => new Option('--by <name>', 'who').env('VIGIE_AUTHOR').default(userInfo().username);
  command('override', 'let a service through whatever its gate says; it ends by itself and stays in the audit')
    .addOption(new Option('--service <name>', 'whose gate'))
    .addOption(new Option('--for <duration>', 'how long, such as 2h; at most 7d').makeOptionMandatory())
    .addOption(new Option('--reason <text>', 'why').makeOptionMandatory())
    .addOption(by())
    .action(override);
  command('overrides', 'the audit: in force, ended and expired, newest first').action(list);
  command('end-override <id>', 'end an override before its time').addOption(by()).action(end);
}

async function override(_: unknown, command: Command): Promise<void> {
  const {
    service: [service, ...more] = [],
    for: duration,
    reason,
    by,
    ...flags
  } = command.optsWithGlobals<OverrideOptions>();
  // `vigie gate` takes it, who may be asked for several.
  if (service === undefined) command.error("error: required option '--service <name>' not specified");
  if (more.length > 0) command.error("error: option '--service <name>' is given twice; an override is of one service");
  const request: OverrideRequest = { service, duration, reason, by };
  const body = new Blob([JSON.stringify(request)], { type: 'application/json' });
  const made = await askServer<GateOverride>(flags, PATH, { method: 'POST', body });
  if (flags.json) printJson(made);
  else print(`${printable(made.id)} until ${moment(made.ends)}`);
}

async function list(_: unknown, command: Command): Promise<void> {
  const flags = command.optsWithGlobals<AskOptions>();
  const { overrides } = await askServer<OverridesAnswer>(flags, PATH);
  if (flags.json) return printJson(overrides);
  if (overrides.length === 0) return tell('nobody has overridden the gate');
  const rows = overrides.map(({ state, id, service, created, ends, ended, by, reason }) => {
    return [state, id, service, moment(created), moment(ended?.time ?? ends), by, ended?.by ?? '', reason];
  });
  print(table(['STATE', 'OVERRIDE', 'SERVICE', 'FROM', 'UNTIL', 'BY', 'ENDED BY', 'REASON'], rows));
}

async function end(id: string, _: unknown, command: Command): Promise<void> {
  const { by, ...flags } = command.optsWithGlobals<AskOptions & { readonly by: string }>();
  const path = `${PATH}/${encodeURIComponent(id)}?${new URLSearchParams({ by })}`;
  const ended = await askServer<GateOverride>(flags, path, { method: 'DELETE' });
  if (flags.json) printJson(ended);
  else print(`${printable(ended.id)} ended ${moment(ended.ended?.time)}`);
}
