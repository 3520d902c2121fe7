import type { Command } from 'commander';
import type { ProcessParts } from '../main/process.ts';
import { examples, options } from './options.ts';
import { tell } from './terminal.ts';

interface ProcessFlags {
  readonly config: string;
  readonly dataDir?: string;
  readonly listen?: string;
  readonly tokenFile?: string;
}

/**
 * The three ways to run: everything in one process, or its two halves. What they need is loaded when they run: a question like
 * `vigie gate` must not wait for the code of a server.
 */
export function addProcesses(program: Command): void {
  process('run', 'collect, store, compute and show: everything in one process', { collector: 'embedded', server: true })
    .addOption(options.listen())
    .addOption(options.tokens())
    .addHelpText(
      'before',
      examples([
        ['vigie run', 'watch this machine, pages on http://127.0.0.1:8420'],
        ['vigie run --listen 0.0.0.0:8420 --token-file tokens', 'serve others too'],
      ]),
    );
  process('serve', 'only the server: take batches of collectors, compute and show', { collector: 'none', server: true })
    .addOption(options.listen())
    .addOption(options.tokens())
    .addHelpText(
      'before',
      examples([['vigie serve --listen 10.0.0.1:8420 --token-file tokens', 'a server for several collectors']]),
    );
  process('collect', 'only the collector: read this machine, send to a server', { collector: 'apart', server: false })
    .addOption(options.sendTo())
    .addOption(options.token())
    .addHelpText(
      'before',
      examples([['vigie collect --server http://10.0.0.1:8420 --token-file token', 'send to that server']]),
    );

  function process(name: string, description: string, parts: ProcessParts): Command {
    return program
      .command(name)
      .description(description)
      .addOption(options.config())
      .addOption(options.dataDir())
      .action(async (flags: ProcessFlags & { server?: string }) => {
        const [{ loadConfig }, { runProcess }] = await Promise.all([
          import('../main/config.ts'),
          import('../main/process.ts'),
        ]);
        const config = loadConfig(flags.config, globalThis.process.env, flags);
        const sendTo = {
          ...(flags.server !== undefined && { url: flags.server }),
          ...(flags.tokenFile !== undefined && { tokenFile: flags.tokenFile }),
        };
        await runProcess(config, parts, { tell, sendTo });
        // Node takes its handlers away before it is gone: a repeated signal in that moment would end it with the signal's code.
        globalThis.process.exit();
      });
  }
}
