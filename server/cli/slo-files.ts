import { type Command, Option } from 'commander';
import { errorCatalogue } from '../model/errors.ts';
import { options } from './options.ts';
import { print, printable, tell } from './terminal.ts';

const FORMATS = ['openslo', 'sloth', 'pyrra', 'prometheus-rules'] as const;

interface ExportFlags {
  readonly format: (typeof FORMATS)[number];
  readonly config: string;
}

/** `vigie slo import` and `export`: files alone, no server is asked. */
export function addSloFiles(group: Command): void {
  group
    .command('import <file...>')
    .description('print SLO files of OpenSLO, Sloth or Pyrra in our format; exit 78 when something was refused')
    .action(importFiles);
  group
    .command('export [slo...]')
    .description(
      'print the SLO files of a configuration, or those of the given ids, for another tool; exit 78 likewise',
    )
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).makeOptionMandatory())
    .addOption(options.config())
    .action(exportFiles);
}

async function importFiles(files: readonly string[]): Promise<void> {
  const { importSlos } = await import('../main/slo-exchange.ts');
  const { firstLine, text, losses, problems } = importSlos(files);
  const remarks = [...losses, ...problems.map((problem) => `${problem} (refused)`)];
  tellRemarks(remarks, problems.length > 0);
  printFile(text, remarks, firstLine);
}

async function exportFiles(ids: readonly string[], { format, config }: ExportFlags): Promise<void> {
  const { exportFolder } = await import('../main/slo-exchange.ts');
  const { text, losses, refused } = exportFolder(config, format, ids);
  const remarks = [
    ...losses.map(({ slo, message }) => `${slo}: not carried over: ${message}`),
    ...refused.map(({ slo, message }) => `${slo}: ${message} (refused)`),
  ];
  tellRemarks(remarks, refused.length > 0);
  printFile(text, remarks);
}

function tellRemarks(remarks: readonly string[], refused: boolean): void {
  for (const remark of remarks) tell(remark);
  if (refused) process.exitCode = errorCatalogue.bad_config.exit;
}

/** What was lost stands in the file as well, so that it is there when the file is read. */
function printFile(text: string, remarks: readonly string[], firstLine = ''): void {
  const comments = remarks.map((remark) => `# ${printable(remark)}\n`).join('');
  if (text !== '' || comments !== '') print(`${firstLine}${comments}${text}`.trimEnd());
}
