import { describe, expect, test, vi } from 'vitest';
import { lastDue, readReportTime } from '../../rules/reports/report-schedule.ts';
import { openReportDesk, type ReportOrder } from '../../server/evaluation/report-desk.ts';
import type { ReportQuestion } from '../../server/evaluation/report-service.ts';
import { speakerIn } from '../../server/evaluation/sentences.ts';
import { UnsavedChanges } from '../../server/evaluation/unsaved-changes.ts';
import type { ReportPeriod, SloReport } from '../../server/model/slo-report.ts';
import { DAY, HOUR, type Ms, ms } from '../../server/model/units.ts';
import { emailReceiver } from '../../server/notify/email.ts';
import { openOutbox } from '../../server/notify/outbox.ts';
import { createLog } from '../../server/runtime/log.ts';
import { startMail } from '../support/mail-server.ts';
import { type MemoryDocuments, memoryDocuments } from '../support/memory-documents.ts';
import { PATIENCE } from '../support/patience.ts';

const at = (text: string): Ms => ms(Date.parse(text));

describe('a report is due', () => {
  const due = (period: ReportPeriod, written: string, zone: string, now: string, want: readonly [string, string]) =>
    test(`${period} ${written} in ${zone}, seen ${now}`, () => {
      const found = lastDue({ period, at: readReportTime(written, period), zone }, at(now));
      expect([found.due, found.on.start].map((time) => new Date(time).toISOString().slice(0, 16))).toEqual(want);
    });
  due('week', 'Mon 08:00', 'UTC', '2026-11-23T08:00:00Z', ['2026-11-23T08:00', '2026-11-16T00:00']);
  due('week', 'Mon 08:00', 'UTC', '2026-11-23T07:59:59Z', ['2026-11-16T08:00', '2026-11-09T00:00']);
  due('week', 'Sun 23:30', 'UTC', '2026-11-23T07:59:59Z', ['2026-11-22T23:30', '2026-11-09T00:00']);
  due('week', 'Mon 08:00', 'Europe/Paris', '2026-10-26T07:00:00Z', ['2026-10-26T07:00', '2026-10-18T22:00']);
  due('month', '1 08:00', 'UTC', '2026-11-30T00:00:00Z', ['2026-11-01T08:00', '2026-10-01T00:00']);
  due('month', '3 08:00', 'UTC', '2026-11-03T07:59:00Z', ['2026-10-03T08:00', '2026-09-01T00:00']);
  due('quarter', '1 06:00', 'UTC', '2027-01-01T06:00:00Z', ['2027-01-01T06:00', '2026-10-01T00:00']);
  const refused = (period: ReportPeriod, text: string, want: string) =>
    test(`${text} of a ${period} is refused`, () => expect(() => readReportTime(text, period)).toThrow(want));
  refused('week', '1 08:00', 'want a time of the week');
  refused('week', 'Moo 08:00', 'want a weekday');
  refused('month', 'Mon 08:00', 'want day and time');
  refused('month', '29 08:00', 'want 1 to 28');
  refused('month', '1 24:00', 'want day and time');
});

const START = at('2026-11-23T07:00:00Z');
const ORDER: ReportOrder = {
  ...{ key: 'weekly', period: 'week', zone: 'UTC', receiver: 'mail', language: 'en' },
  at: readReportTime('Mon 08:00', 'week'),
};

function reportOn({ period, zone, at: start = START }: ReportQuestion): SloReport {
  const store = { bytes: 1, worst_case_bytes: 2 };
  return { period, zone, start, end: start + 7 * DAY, time: START, slos: [], overrides: [], store };
}

/** One life of a process over `engine`: its mail server stays. */
async function begin(engine: MemoryDocuments, port: number, time: Ms, order: ReportOrder = ORDER) {
  let now = time;
  const clock = { now: () => now };
  const log = createLog('test', { write: () => {} });
  const changes = new UnsavedChanges(engine, log);
  const receiver = emailReceiver({
    ...{ name: 'mail', tiers: ['page'], smtp: new URL(`smtp://127.0.0.1:${port}`), starttls: 'off' },
    ...{ from: 'vigie@example.org', to: ['a@example.org', 'b@example.org'], timeout: ms(60_000) },
    voice: { language: 'en', say: speakerIn('en') },
  });
  const outbox = await openOutbox({
    receivers: [receiver],
    engine,
    changes,
    clock,
    log,
    random: () => 0.5,
    firstWait: ms(10),
  });
  const reports = { slos: async (question: ReportQuestion) => reportOn(question) };
  const desk = await openReportDesk({ orders: [order], reports, outbox, engine, changes, clock, log });
  const waiting = async () => (await engine.documents({ collection: 'outgoing', limit: 10 })).length;
  const settled = () => vi.waitUntil(async () => (await waiting()) === 0, PATIENCE);
  return { desk, outbox, settled, waiting, move: (by: number) => (now = ms(now + by)) };
}

describe('the desk', () => {
  test('begins with the next due time, sends each report once, also over restarts and with a stubborn disk', async () => {
    const mail = await startMail();
    const engine = memoryDocuments();
    const first = await begin(engine, mail.port, START);
    await first.desk.turn();
    first.outbox.start();
    await first.settled();
    expect(mail.mails).toHaveLength(0);
    // Due at 08:00; the process dies after the journal has it and before anybody was told.
    await first.outbox.stop();
    const second = await begin(engine, mail.port, ms(START + HOUR));
    await second.desk.turn();
    await second.desk.turn();
    expect(await second.waiting()).toBe(1);
    const third = await begin(engine, mail.port, ms(START + 2 * HOUR));
    await third.desk.turn();
    third.outbox.start();
    await third.settled();
    expect(mail.mails.flatMap(({ to }) => to).sort()).toEqual(['a@example.org', 'b@example.org']);
    expect(mail.mails[0]?.raw).toMatch(/Subject: Service levels of a week,.*Nov 16.*/s);
    expect(mail.mails[0]?.raw).toContain('text/html');
    // Three weeks of rest: the newest report only.
    third.move(21 * DAY);
    await third.desk.turn();
    await third.settled();
    await third.desk.turn();
    expect(mail.mails).toHaveLength(4);
    await third.outbox.stop();
    await mail.close();
  });

  test('a full disk holds back no report, and sends none twice in one life', async () => {
    const mail = await startMail();
    const engine = memoryDocuments();
    const life = await begin(engine, mail.port, START, { ...ORDER, to: ['boss@example.org'], language: 'fr' });
    life.outbox.start();
    await life.desk.turn();
    life.move(HOUR);
    engine.full(true);
    await life.desk.turn();
    await life.desk.turn();
    await vi.waitUntil(() => mail.mails.length > 0, PATIENCE);
    engine.full(false);
    await life.desk.turn();
    await life.settled();
    expect(mail.mails.map(({ to }) => to)).toEqual([['boss@example.org']]);
    await life.outbox.stop();
    await mail.close();
  });
});
