import { Argument, type Command } from 'commander';
import type { SchemaName } from '../main/json-schemas.ts';
import { examples } from './options.ts';
import { print } from './terminal.ts';

const NAMES: readonly SchemaName[] = ['slo', 'config'];

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description('the JSON Schema (draft 7) of a file, for editors')
    .addArgument(new Argument('[file]', 'SLO files or the configuration').choices(NAMES).default('slo'))
    .addHelpText(
      'before',
      examples([
        [
          'vigie schema slo > slos/slo.schema.json',
          'then begin a file with # yaml-language-server: $schema=slo.schema.json',
        ],
        ['vigie schema config > config.schema.json', 'of vigie.yaml'],
      ]),
    )
    .action(async (name: SchemaName) => {
      const { jsonSchemaText } = await import('../main/json-schemas.ts');
      print(jsonSchemaText(name).trimEnd());
    });
}
