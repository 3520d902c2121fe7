/** What the schema of SLO files is called beside them. */
export const SLO_SCHEMA_FILE = 'slo.schema.json';

/** The first line of a file, by which editors find what to check it against (https://github.com/redhat-developer/yaml-language-server). */
export function editorLine(schema: string): string {
  return `# yaml-language-server: $schema=${schema}\n`;
}
