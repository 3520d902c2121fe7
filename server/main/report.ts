import { WebLogReader } from '../../collector/main.ts';
import { VigieError } from '../model/errors.ts';
import type { ReportFormat, WebLogQuery } from '../model/web-log.ts';
import type { Language } from '../model/words/words.ts';
import { FileReport } from '../web-log/file-report.ts';
import { formatReport } from '../web-log/report-formats.ts';
import { logBlocks, STDIN } from './log-blocks.ts';

export interface ReportJob {
  /** Paths; `-` is standard input. */
  readonly logs: readonly string[];
  readonly query: WebLogQuery;
  /** IANA name of the zone whose days are counted. */
  readonly timezone: string;
  readonly format: ReportFormat;
  readonly language: Language;
  readonly now: number;
  /** Bytes read so far, now and then. */
  readonly onProgress: (bytes: number) => void;
}

/** Reads access logs and returns their report. Rejects with VigieError `bad_request` when one cannot be read or none is one. */
export async function reportOnLogs(job: ReportJob): Promise<string> {
  const { query, timezone, now, format, language } = job;
  const report = new FileReport(query);
  const reader = new WebLogReader({ timezone, now, onHits: (tables) => report.add(tables) });
  let bytes = 0;
  const onRead = (more: number): void => {
    bytes += more;
    job.onProgress(bytes);
  };
  for (const log of job.logs) {
    reader.beginFile(log === STDIN ? 'stdin' : log);
    for await (const block of logBlocks(log, onRead)) reader.read(block);
    reader.endFile();
  }
  const lines = reader.end();
  if (lines.first_failure !== undefined && lines.unparseable + lines.empty === lines.read) {
    const { file, line, note } = lines.first_failure;
    throw new VigieError('bad_request', `cannot report: no line is of an access log; ${file}:${line}: ${note}`);
  }
  return formatReport(report.report(lines), format, language);
}
