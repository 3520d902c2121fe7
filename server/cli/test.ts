import type { Command } from 'commander';
import { examples } from './options.ts';
import { print, printable, tell } from './terminal.ts';

export function addTest(program: Command): void {
  program
    .command('test')
    .description('tests of what you wrote, without a server')
    .command('rules <file...>')
    .description("unit tests of Prometheus rules: promtool's files, its messages and exit codes")
    .addHelpText(
      'before',
      examples([
        ['vigie test rules tests/*.yml', 'exit 0 when every test succeeds, or 1'],
        ['vigie test rules alerts_test.yml', 'the rule files it names are found beside it'],
      ]),
    )
    .action(testRuleFiles);
}

async function testRuleFiles(files: string[]): Promise<void> {
  const { testRules } = await import('../main/test-rules.ts');
  for (const { file, warnings, failures } of testRules(files)) {
    print(`Unit Testing:  ${printable(file)}`);
    for (const warning of warnings) tell(`  WARNING: ${warning}`);
    if (failures.length === 0) {
      print('  SUCCESS\n');
      continue;
    }
    tell(`  FAILED:\n${failures.map(shown).join('\n')}`);
    print('');
    process.exitCode = 1;
  }
}

/** Lines stay lines. */
function shown(failure: string): string {
  return failure.split('\n').map(printable).join('\n');
}
