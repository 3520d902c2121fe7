import type { ReportView } from './report-view.ts';

/** The report as GitHub-flavoured Markdown; what people named is escaped, so that it is read and not obeyed. */
export function reportMarkdown({ title, span, cautions, summary, sections, lists, notes }: ReportView): string {
  const blocks = [
    `# ${escaped(title)}`,
    ...[span, ...cautions].map(escaped),
    ...(summary.rows.length === 0 ? [] : [`## ${escaped(summary.title)}`, table(summary)]),
    ...sections.flatMap((section) => [`## ${escaped(section.title)}`, list(section.lines)]),
    ...lists.flatMap(({ title, lines }) => [`## ${escaped(title)}`, list(lines)]),
    ...notes.map(escaped),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function table({ heads, rows }: ReportView['summary']): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  // Words to the left, numbers to the right.
  const rule = heads.map((_, i) => (i < 3 ? ':--' : '--:'));
  return [line(heads), `| ${rule.join(' | ')} |`, ...rows.map(({ cells }) => line(cells))].join('\n');
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${escaped(line)}`).join('\n');
}

/** Every sign that Markdown or HTML could take for its own, on one line; control and format characters are shown. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(/[\\`*_{}[\]<>#|~!&]/g, (c) => `\\${c}`);
}
