import { extname } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import { parseDuration } from '../model/units.ts';
import { downloadFrom, type ServerOptions } from './client.ts';
import { examples, options } from './options.ts';
import { writeOutput } from './output-file.ts';

interface GraphOptions extends ServerOptions {
  readonly output: string;
  readonly since: string;
  readonly start?: string;
  readonly end?: string;
  readonly width: string;
  readonly height: string;
  readonly lang: string;
  readonly theme: string;
}

export function addGraph(program: Command): void {
  program
    .command('graph <expr>')
    .description('draw a PromQL expression as a PNG or SVG file')
    .requiredOption('-o, --output <file>', 'file to write: its ending, .png or .svg, says what')
    .option('--since <duration>', 'how far back the graph reaches, such as 6h', '1d')
    .option('--start <time>', 'start instead of --since: RFC 3339 or seconds')
    .option('--end <time>', 'end (default: now)')
    .option('--width <px>', 'width in pixels', '800')
    .option('--height <px>', 'height in pixels', '300')
    .addOption(options.language())
    .addOption(options.theme())
    .addOption(options.server())
    .addOption(options.token())
    .addHelpText(
      'before',
      examples([
        ["vigie graph 'host_load1' -o load.png --since 6h", 'the load of the last six hours'],
        ["vigie graph 'rate(host_network_receive_bytes_total[5m])' -o in.svg", 'a day of traffic as SVG'],
      ]),
    )
    .action(graph);
}

async function graph(expr: string, flags: GraphOptions): Promise<void> {
  const { output, start, end, width, height, lang, theme } = flags;
  const format = extname(output);
  if (format !== '.png' && format !== '.svg') {
    throw new VigieError('bad_request', `cannot draw ${JSON.stringify(output)}: want a file that ends in .png or .svg`);
  }
  const now = systemClock.now();
  const query = new URLSearchParams({
    query: expr,
    start: start ?? String((now - parseDuration(flags.since)) / 1000),
    end: end ?? String(now / 1000),
    ...{ width, height, lang, theme },
  });
  writeOutput(output, await downloadFrom(flags, `/api/vigie/charts/graph${format}?${query}`));
}
