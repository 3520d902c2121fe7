import { type Command, Option } from 'commander';
import type { AskFacts } from '../main/check-series.ts';
import { askServer, type ServerOptions } from './client.ts';
import { examples, options } from './options.ts';
import { printable, tell } from './terminal.ts';

interface CheckFlags extends Partial<ServerOptions> {
  readonly config: string;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('check the configuration and the SLO files; exit 0, or 78 with every problem as file:line:col')
    .addOption(options.config())
    .addOption(new Option('--server <url>', 'a running server: warn of selectors that none of its series matches'))
    .addOption(options.token())
    .addHelpText(
      'before',
      examples([
        ['vigie check --config vigie.yaml', 'before a restart, or in CI'],
        ['vigie check --server https://vigie.example.org', 'is there anything to count, too'],
      ]),
    )
    .action(check);
}

async function check({ config, server, ...flags }: CheckFlags): Promise<void> {
  const { checkEverything } = await import('../main/check.ts');
  const summary = checkEverything(config, globalThis.process.env);
  if (server !== undefined) await tellSeries(config, { server, ...flags });
  tell(summary);
}

async function tellSeries(config: string, asked: ServerOptions): Promise<void> {
  const { seriesWarnings } = await import('../main/check-series.ts');
  const facts: AskFacts = async (selectors) => {
    const body = new Blob([JSON.stringify({ selectors })], { type: 'application/json' });
    const request = { method: 'POST', body };
    return (await askServer<{ facts: Awaited<ReturnType<AskFacts>> }>(asked, '/api/vigie/selectors', request)).facts;
  };
  for (const warning of await seriesWarnings(config, globalThis.process.env, facts)) tell(printable(warning));
}
