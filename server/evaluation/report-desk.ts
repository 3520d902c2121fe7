import { lastDue, type ReportSchedule } from '../../rules/reports/report-schedule.ts';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/errors.ts';
import type { PackedReport } from '../model/report-mail.ts';
import type { Ms } from '../model/units.ts';
import type { Language } from '../model/words/words.ts';
import { packReport } from '../notify/report-mail.ts';
import type { Log } from '../runtime/log.ts';
import { reportHtml } from '../slo-report/report-html.ts';
import { reportMarkdown } from '../slo-report/report-markdown.ts';
import { type ReportView, reportView } from '../slo-report/report-view.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';
import type { PreparedMail, ReportPost } from './outbox.ts';
import type { ReportService } from './report-service.ts';
import type { UnsavedChanges } from './unsaved-changes.ts';

/** A report that is mailed again and again. */
export interface ReportOrder extends ReportSchedule {
  /** Tells it from all others, also over a restart. */
  readonly key: string;
  readonly receiver: string;
  readonly to?: readonly string[] | undefined;
  readonly language: Language;
}

export interface ReportDeskOptions {
  readonly orders: readonly ReportOrder[];
  readonly reports: ReportService;
  readonly outbox: ReportPost;
  readonly engine: DocumentEngine;
  readonly changes: UnsavedChanges;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ReportDesk {
  /** Sends what is due. One at a time. */
  turn(): Promise<void>;
  start(): void;
  stop(): void;
}

/** What is kept of an order: when the last report was due that was sent. */
interface Sent {
  readonly due: number;
}

const INTERVAL_MS = 30_000;

/**
 * Mails reports when they are due. That one was sent is saved in the transaction that puts it into the journal of messages, so a crash
 * neither loses nor doubles it; from there the outbox takes over. An order that is new begins with the next time it is due, and after a
 * long rest only the newest report is sent.
 */
export async function openReportDesk(options: ReportDeskOptions): Promise<ReportDesk> {
  const stored = await documentsOf<Sent>(options.engine, 'report_order');
  const sent = new Map(stored.map(({ key, body }) => [key, body.due]));
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const turn = (): Promise<void> => {
    running = running.then(() => serve(options, sent));
    return running;
  };
  return {
    turn,
    start: () => {
      timer ??= setInterval(() => void turn(), INTERVAL_MS);
    },
    stop: () => clearInterval(timer),
  };
}

async function serve(options: ReportDeskOptions, sent: Map<string, number>): Promise<void> {
  for (const order of options.orders) {
    try {
      await serveOne(options, order, sent);
    } catch (error) {
      options.log.error('Cannot make a report that is due; trying again.', {
        order: order.key,
        error: messageOf(error),
      });
    }
  }
}

async function serveOne(options: ReportDeskOptions, order: ReportOrder, sent: Map<string, number>): Promise<void> {
  const { changes, clock } = options;
  const now = clock.now();
  const { due, on } = lastDue(order, now);
  const last = sent.get(order.key);
  if (last !== undefined && last >= due) return;
  const mail = last === undefined ? undefined : await prepared(options, order, on.start, now);
  changes.add([
    ...(mail?.changes ?? []),
    { op: 'put', collection: 'report_order', key: order.key, body: { due } satisfies Sent },
  ]);
  sent.set(order.key, due);
  await changes.save();
  mail?.send();
}

async function prepared(
  { reports, outbox }: ReportDeskOptions,
  { period, zone, language, receiver, to }: ReportOrder,
  at: Ms,
  now: Ms,
): Promise<PreparedMail> {
  const report = await reports.slos({ period, zone, at });
  const view = reportView(report, language);
  const id = `report-${period}-${new Date(report.start).toISOString().slice(0, 13)}`;
  const content = packReport(id, `${view.title}, ${view.span}`, variantsOf(view));
  return outbox.post(receiver, content, now, to);
}

/** All of it, and the summary alone for those with very many SLOs. */
function variantsOf(view: ReportView): readonly PackedReport[] {
  const short = { ...view, sections: [] };
  return [view, short].map((shown) => ({ text: reportMarkdown(shown), html: reportHtml(shown) }));
}
