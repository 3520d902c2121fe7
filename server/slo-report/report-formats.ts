import type { SloReport, SloReportFormat } from '../model/slo-report.ts';
import type { Language } from '../model/words/words.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportView } from './report-view.ts';

export const SLO_REPORT_TYPES: Readonly<Record<SloReportFormat, string>> = {
  html: 'text/html',
  md: 'text/markdown',
  json: 'application/json',
};

export function formatSloReport(report: SloReport, format: SloReportFormat, language: Language): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  const view = reportView(report, language);
  return format === 'html' ? reportHtml(view) : reportMarkdown(view);
}
