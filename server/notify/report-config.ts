import { z } from 'zod';
import { type ReportSchedule, readReportTime } from '../../rules/reports/report-schedule.ts';
import { messageOf } from '../model/errors.ts';
import { REPORT_PERIODS } from '../model/slo-report.ts';
import { isZone } from '../model/zones.ts';
import type { PathProblem } from '../runtime/config-file.ts';
import { mailbox, type NotifyConfig } from './notify-config.ts';

/** `reports:` of the configuration: which report is mailed when, by which receiver, to whom if not to all of it. */
export const reportsSchema = z
  .array(
    z
      .strictObject({
        period: z.enum(REPORT_PERIODS),
        at: z.string(),
        zone: z.string().refine(isZone, 'want an IANA name such as "Europe/Paris"'),
        receiver: z.string(),
        to: z.array(mailbox).min(1, 'want at least one recipient').max(50, 'want at most 50 recipients').optional(),
      })
      .transform((written, context) => {
        const { at, period, zone, receiver, to } = written;
        try {
          return { period, zone, receiver, to, written: at, at: readReportTime(at, period) };
        } catch (error) {
          context.addIssue({ code: 'custom', path: ['at'], message: messageOf(error) });
          return z.NEVER;
        }
      }),
  )
  .max(50, 'want at most 50 schedules')
  .default([]);

/** A schedule with the receiver that carries it out. */
export interface MailedReport extends ReportSchedule {
  /** As it was written: with the receiver it tells schedules apart. */
  readonly written: string;
  readonly receiver: string;
  readonly to?: readonly string[] | undefined;
}

/** Reports go by mail. */
export function reportProblems(reports: readonly MailedReport[], { receivers }: NotifyConfig): PathProblem[] {
  return reports.flatMap(({ receiver }, i) => {
    if (receivers[receiver]?.type === 'email') return [];
    const known = Object.keys(receivers).filter((name) => receivers[name]?.type === 'email');
    const want = known.length === 0 ? 'want one of type email below notify' : `want ${known.join(' or ')}`;
    const message = `got receiver ${JSON.stringify(receiver)}; ${want}`;
    return [{ path: ['reports', i, 'receiver'], message }];
  });
}
