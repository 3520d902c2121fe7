import type { ReportView, Section, SectionRow } from './report-view.ts';

const BAR_WIDTH = 160;

/** Light and dark by the reader's setting; the colours are those of every page. */
const STYLE = `
:root{color-scheme:light dark;--background:#fff;--panel:#f6f8fa;--text:#1b1f24;--muted:#57606a;--hairline:#d0d7de;--accent:#0067a3}
@media(prefers-color-scheme:dark){:root{--background:#0f1419;--panel:#161c23;--text:#e6e9ec;--muted:#9aa5b1;--hairline:#2c353f;--accent:#5fb4ea}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1280px;padding:24px 16px;background:var(--background);color:var(--text);font:14px/1.5 system-ui,sans-serif}
h1{margin:0;font-size:28px;font-weight:600;line-height:1.2;overflow-wrap:anywhere}
h2{margin:32px 0 8px;font-size:20px;font-weight:600}
p{max-width:75ch;color:var(--muted);overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:16px;padding-top:12px;border-top:1px solid var(--hairline)}
a{color:var(--accent)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:16px;margin:24px 0}
dt{color:var(--muted)}
dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
dd.value{font-size:20px;font-weight:600}
dd.note{font-size:12px;color:var(--muted)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th,td{padding:4px 8px;text-align:left;vertical-align:top;border-bottom:1px solid var(--hairline)}
thead th{font-weight:600;color:var(--muted);white-space:nowrap}
tbody th{min-width:18ch;font:inherit;font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.text{min-width:18ch;font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.aside th{color:var(--muted);font-family:inherit}
.bar{width:${BAR_WIDTH + 16}px}
.bar rect{fill:var(--accent)}
@media print{body{max-width:none}.scroll{overflow:visible}h2{break-after:avoid}}
@media(max-width:640px){.bar{display:none}}
`;

/**
 * The report as one page that needs nothing else: styles and bars are in it, there is no script, and its policy forbids every
 * request. Everything that comes from the log is escaped and set apart (`bdi`), so that it can neither be run nor turn the line.
 */
export function reportHtml(view: ReportView): string {
  const { language, title, subtitle, facts, notes, sections } = view;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1><bdi>${escapeHtml(title)}</bdi></h1>
<p>${escapeHtml(subtitle)}</p>
</header>
<main>
<dl>
${facts.map(factHtml).join('\n')}
</dl>
<nav>${sections.map(({ id, title: name }) => `<a href="#${id}">${escapeHtml(name)}</a>`).join(' ')}</nav>
${sections.map(sectionHtml).join('\n')}
</main>
<footer>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
</footer>
</body>
</html>
`;
}

function factHtml({ label, value, note }: ReportView['facts'][number]): string {
  const small = note === undefined ? '' : `<dd class="note">${escapeHtml(note)}</dd>`;
  return `<div><dt>${escapeHtml(label)}</dt><dd class="value">${escapeHtml(value)}</dd>${small}</div>`;
}

function sectionHtml({ id, title, heads, rows, note }: Section): string {
  const columns = heads.map(
    ({ text, isNumber }) => `<th scope="col"${isNumber ? ' class="number"' : ''}>${escapeHtml(text)}</th>`,
  );
  return `<section>
<h2 id="${id}">${escapeHtml(title)}</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
<table>
<thead><tr>${columns.slice(0, 1).join('')}<td class="bar"></td>${columns.slice(1).join('')}</tr></thead>
<tbody>
${rows.map((row) => rowHtml(row, heads)).join('\n')}
</tbody>
</table>
</div>${note === undefined ? '' : `\n<p>${escapeHtml(note)}</p>`}
</section>`;
}

function rowHtml({ cells, share, aside }: SectionRow, heads: Section['heads']): string {
  const [name = '', ...others] = cells.map(escapeHtml);
  const rest = others.map((cell, i) =>
    heads[i + 1]?.isNumber === true ? `<td class="number">${cell}</td>` : `<td class="text"><bdi>${cell}</bdi></td>`,
  );
  const width = (share * BAR_WIDTH).toFixed(1);
  const bar = `<td class="bar"><svg width="${BAR_WIDTH}" height="12" aria-hidden="true"><rect width="${width}" height="12"/></svg></td>`;
  return `<tr${aside ? ' class="aside"' : ''}><th scope="row"><bdi>${name}</bdi></th>${bar}${rest.join('')}</tr>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also shows what no reader would see, or what could turn the text: control and format characters. */
function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
