import type { SloReportResult } from '../model/slo-report.ts';
import { type Hypertext, markup } from '../notify/hypertext.ts';
import type { ReportSection, ReportView, SummaryRow } from './report-view.ts';

/** Light and dark by the reader's setting; the colours are those of every page. */
const STYLE = `
:root{color-scheme:light dark;--background:#fff;--text:#1b1f24;--muted:#57606a;--hairline:#d0d7de;--accent:#0067a3;--ok:#00704d;--bad:#a3154a}
@media(prefers-color-scheme:dark){:root{--background:#0f1419;--text:#e6e9ec;--muted:#9aa5b1;--hairline:#2c353f;--accent:#5fb4ea;--ok:#3cc594;--bad:#f47ba4}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1280px;padding:24px 16px;background:var(--background);color:var(--text);font:14px/1.5 system-ui,sans-serif}
h1{margin:0;font-size:28px;font-weight:600;line-height:1.2}
h2{margin:32px 0 8px;font-size:20px;font-weight:600;overflow-wrap:anywhere}
p,li{max-width:75ch;overflow-wrap:anywhere}
.muted,footer{color:var(--muted)}
a{color:var(--accent)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th,td{padding:4px 8px;text-align:left;vertical-align:top;border-bottom:1px solid var(--hairline)}
thead th{font-weight:600;color:var(--muted)}
.number{text-align:right;font-variant-numeric:tabular-nums}
td.number,.met,.missed,.no_traffic,.no_data{white-space:nowrap}
.met{color:var(--ok)}
.missed{color:var(--bad);font-weight:600}
figure{margin:16px 0}
figcaption{color:var(--muted);font-size:12px}
svg{display:block;width:100%;max-width:720px;height:120px}
svg rect{fill:var(--accent)}
svg .over{fill:var(--bad)}
svg .unknown{fill:none;stroke:var(--muted);stroke-dasharray:2 4;vector-effect:non-scaling-stroke}
svg line{stroke:var(--muted)}
@media(max-width:640px){
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,tbody th,td{display:block}
tr{padding:8px 0;border-bottom:1px solid var(--hairline)}
tbody th,td{padding:0;border:0;overflow-wrap:anywhere}
td[data-head]{display:flex;justify-content:space-between;gap:16px}
td[data-head]::before{content:attr(data-head);color:var(--muted);white-space:normal;text-align:left}
ul{padding-left:20px}
}
@media print{
body{max-width:none;padding:0}
.scroll{overflow:visible}
table{font-size:11px}
th,td{padding:4px 3px}
td,.met,.missed,.no_traffic,.no_data{white-space:normal}
tbody th{min-width:16ch;overflow-wrap:anywhere}
td[data-head]:not(.number){min-width:8ch;overflow-wrap:anywhere}
section{break-inside:avoid}
}
`;

/** Each state has a word, a shape and a colour. */
const SHAPES: Readonly<Record<SloReportResult, string>> = { met: '●', missed: '■', no_traffic: '○', no_data: '✕' };
const CHART = { width: 720, height: 120, gap: 1 };

/** The report as one page that needs nothing else: no script, and its policy forbids every request. */
export function reportHtml(view: ReportView): string {
  const { language, title, span, cautions, summary, sections, lists, notes } = view;
  return markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${span}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="muted">${span}</p>
${cautions.map((caution) => markup`<p>${caution}</p>\n`)}</header>
<main>
${summary.rows.length === 0 ? '' : summaryHtml(summary)}
${sections.map(sectionHtml)}
${lists.map(
  ({ title, lines }) => markup`<section>
<h2>${title}</h2>
${list(lines)}
</section>
`,
)}</main>
<footer>
${notes.map((note) => markup`<p>${note}</p>\n`)}</footer>
</body>
</html>
`.html;
}

function summaryHtml({ title, heads, rows }: ReportView['summary']): Hypertext {
  return markup`<section>
<h2 id="summary">${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="summary">
<table role="table">
<thead role="rowgroup"><tr role="row">${heads.map((head, i) => markup`<th role="columnheader" scope="col"${numberClass(i)}>${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => rowHtml(row, heads))}</tbody>
</table>
</div>
</section>`;
}

function numberClass(column: number): Hypertext {
  return column < 3 ? markup`` : markup` class="number"`;
}

/** Roles are written out: on a narrow page rows are laid out as lists, and browsers would take them for such. */
function rowHtml({ anchor, cells, result }: SummaryRow, heads: readonly string[]): Hypertext {
  const [word = '', title = '', ...rest] = cells;
  return markup`<tr role="row"><td role="cell" class="${result}">${SHAPES[result]} ${word}</td><th role="rowheader" scope="row"><a href="#${anchor}"><bdi>${visible(title)}</bdi></a></th>${rest.map(
    (cell, i) =>
      markup`<td role="cell" data-head="${heads[i + 2] ?? ''}"${numberClass(i + 2)}><bdi>${visible(cell)}</bdi></td>`,
  )}</tr>
`;
}

function sectionHtml({ anchor, title, lines, chart }: ReportSection): Hypertext {
  return markup`<section>
<h2 id="${anchor}"><bdi>${visible(title)}</bdi></h2>
${list(lines)}
<figure>${chartSvg(chart)}<figcaption>${chart.label}</figcaption></figure>
</section>
`;
}

/** A bar per day, each with its words; the dashed line is the day's even share. */
function chartSvg({ label, days }: ReportSection['chart']): Hypertext {
  const even = 1 / Math.max(1, days.length);
  const most = Math.max(2 * even, ...days.map(({ share }) => share));
  const width = CHART.width / Math.max(1, days.length);
  const top = (share: number): number => Number((CHART.height * (1 - share / most)).toFixed(2));
  const bars = days.map(({ share, isUnknown, text }, i) => {
    const [x, y] = [Number((i * width).toFixed(2)), isUnknown ? 0 : top(share)];
    const height = Number((CHART.height - y).toFixed(2));
    const look = isUnknown ? markup` class="unknown"` : share > even ? markup` class="over"` : markup``;
    return markup`<rect${look} x="${x}" y="${y}" width="${Number((width - CHART.gap).toFixed(2))}" height="${height}"><title>${text}</title></rect>`;
  });
  const line = top(even);
  return markup`<svg viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}<line x1="0" x2="${CHART.width}" y1="${line}" y2="${line}" stroke-dasharray="4 4"/></svg>`;
}

function list(lines: readonly string[]): Hypertext {
  return markup`<ul>${lines.map((line) => markup`<li>${visible(line)}</li>`)}</ul>`;
}

/** What no reader would see, or what could turn the text, is shown. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
