import type { Command } from 'commander';
import { downloadFrom, type ServerOptions } from './client.ts';
import { examples, options } from './options.ts';
import { writeOutput } from './output-file.ts';

interface ExportOptions extends ServerOptions {
  readonly output: string;
  readonly lang: string;
  readonly theme: string;
}

const EXAMPLES = examples([
  ['vigie export page /traffic -o traffic.html', 'a page as one file, for a USB stick'],
  ['vigie export page /slo/shop-availability -o shop.html --lang fr', 'the same in French'],
]);

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('save what the pages show as files')
    .addHelpText('before', EXAMPLES);
  command
    .command('page <path>')
    .description('save a page as one HTML file that works without scripts, network or server')
    .requiredOption('-o, --output <file>', 'file to write')
    .addOption(options.language())
    .addOption(options.theme())
    .addOption(options.server())
    .addOption(options.token())
    .addHelpText('before', EXAMPLES)
    .action(exportPage);
}

async function exportPage(path: string, flags: ExportOptions): Promise<void> {
  const { output, lang, theme } = flags;
  const query = new URLSearchParams({ path, lang, theme });
  writeOutput(output, await downloadFrom(flags, `/api/vigie/export?${query}`));
}
