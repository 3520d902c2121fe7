import { Option } from 'commander';
import { DEFAULT_LISTEN } from '../main/listen.ts';

/** Flags, with their `VIGIE_*` twins. */
export const options = {
  config: () => new Option('-c, --config <file>', 'configuration file').env('VIGIE_CONFIG').default('vigie.yaml'),
  dataDir: () =>
    new Option('--data-dir <dir>', 'where data lies (default: data_dir of the configuration)').env('VIGIE_DATA_DIR'),
  listen: () =>
    new Option('--listen <host:port>', `address to listen on (default: ${DEFAULT_LISTEN})`).env('VIGIE_LISTEN'),
  tokens: () =>
    new Option('--token-file <file>', 'who may ask: "<scopes> <token>" a line; needed beyond loopback').env(
      'VIGIE_TOKEN_FILE',
    ),
  server: () => new Option('--server <url>', 'server to ask').env('VIGIE_SERVER').default(`http://${DEFAULT_LISTEN}`),
  sendTo: () =>
    new Option('--server <url>', `server to send to (default: url of the vigie sink, or http://${DEFAULT_LISTEN})`).env(
      'VIGIE_SERVER',
    ),
  token: () => new Option('--token-file <file>', 'file holding the token to send').env('VIGIE_TOKEN_FILE'),
  language: () => new Option('--lang <language>', 'en or fr').env('VIGIE_LANG').default('en'),
  theme: () => new Option('--theme <theme>', 'light or dark').env('VIGIE_THEME').default('light'),
  // No VIGIE_* twin: a variable that is set at all would open it, whatever its value.
  failOpen: () => new Option('--fail-open', 'go when the server cannot answer').default(false),
  policies: () =>
    new Option(
      '--policies <path>',
      'SLO files whose policies decide when the server cannot answer: when: {unanswered: go}',
    ),
  // Of `vigie gate` and of what is below it, which takes one.
  services: () =>
    new Option('--service <name>', 'a service, for all its SLOs; may be given several times').argParser(
      (name: string, before: readonly string[] = []) => [...before, name],
    ),
  json: () => new Option('--json', 'print JSON').env('VIGIE_JSON'),
};

/** Examples first: `addHelpText('before', examples([...]))`. */
export function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `Examples:\n${lines.map(([command, meaning]) => `  $ ${command.padEnd(width)}   ${meaning}`).join('\n')}\n`;
}
