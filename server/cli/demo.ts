import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_DAYS, MIN_DAYS, MIN_LINES } from '../main/demo/story.ts';
import { DEFAULT_LISTEN } from '../main/listen.ts';
import { examples, options } from './options.ts';
import { Progress } from './progress.ts';
import { tell } from './terminal.ts';

interface DemoFlags {
  readonly seed: number;
  readonly days: number;
  readonly lines: number;
  readonly dataDir: string;
  readonly listen?: string;
  readonly fresh?: boolean;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('a small shop with thirty days of past and a guided tour; needs nothing, sends nothing')
    .addOption(
      number('--seed <n>', 'another number is another shop', 0, 2 ** 31 - 1)
        .env('VIGIE_SEED')
        .default(1),
    )
    .addOption(number('--days <n>', 'days of past', MIN_DAYS, MAX_DAYS).env('VIGIE_DAYS').default(30))
    .addOption(number('--lines <n>', 'requests in the past', MIN_LINES, 20_000_000).env('VIGIE_LINES').default(500_000))
    .addOption(new Option('--data-dir <dir>', 'a folder of its own').env('VIGIE_DATA_DIR').default('.vigie-demo'))
    .addOption(options.listen())
    .addOption(new Option('--fresh', 'make it anew, even when a recent one is there').env('VIGIE_FRESH'))
    .addHelpText(
      'before',
      examples([
        ['vigie demo', 'pages on http://127.0.0.1:8420'],
        ['vigie demo --fresh --seed 7', 'another shop'],
        ['vigie demo --listen 127.0.0.1:9000 --data-dir /tmp/shop', 'beside one that runs'],
      ]),
    )
    .action(demo);
}

function number(flags: string, description: string, least: number, most: number): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`want a whole number from ${least} to ${most}`);
  });
}

async function demo({ listen = DEFAULT_LISTEN, fresh = false, ...flags }: DemoFlags): Promise<void> {
  const progress = new Progress();
  const edges = {
    tell: (text: string) => {
      progress.clear();
      tell(text);
    },
    progress: (step: string, share: number) => progress.show(step, share),
  };
  const { runDemo } = await import('../main/demo/run-demo.ts');
  await runDemo({ ...flags, listen, fresh }, edges).finally(() => progress.clear());
  globalThis.process.exit();
}
