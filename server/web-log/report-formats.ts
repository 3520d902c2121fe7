import type { ReportFormat, WebLogReport } from '../model/web-log.ts';
import type { Language } from '../model/words/words.ts';
import { reportCsv } from './report-csv.ts';
import { reportHtml } from './report-html.ts';
import { reportText } from './report-text.ts';
import { viewReport } from './report-view.ts';

export const REPORT_TYPES: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

/** Writes a report out. The language is that of the words; JSON and CSV have none. */
export function formatReport(report: WebLogReport, format: ReportFormat, language: Language): string {
  switch (format) {
    case 'html':
      return reportHtml(viewReport(report, language));
    case 'txt':
      return reportText(viewReport(report, language));
    case 'csv':
      return reportCsv(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
  }
}
