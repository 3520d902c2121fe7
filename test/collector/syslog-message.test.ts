import { describe, expect, test } from 'vitest';
import { createColumns, FACILITIES } from '../../collector/sources/syslog/columns.ts';
import { SyslogScanner } from '../../collector/sources/syslog/message.ts';
import { LOG_LEVELS } from '../../server/model/logs.ts';

const NOW = Date.UTC(2026, 10, 21, 8, 0, 0);

/** What a frame holds, absent fields left out. `shown` is the text people read. */
function read(frame: string | Buffer, { now = NOW, zone = 'UTC' } = {}): Record<string, string> {
  const bytes = Buffer.isBuffer(frame) ? frame : Buffer.from(frame);
  const columns = createColumns(1);
  const scanner = new SyslogScanner(zone);
  scanner.begin(bytes, columns, now);
  const format = scanner.scan(0, bytes.length, 0);
  const texts = (['host', 'app', 'procid', 'msgid', 'message'] as const).flatMap((name) => {
    const { start, end } = columns[name];
    return start[0]! < 0 ? [] : [[name, bytes.toString('utf8', start[0], end[0])]];
  });
  return {
    format,
    pri: `${FACILITIES[columns.facility[0]!]}.${LOG_LEVELS[columns.severity[0]!]}`,
    time: columns.time[0] === now ? 'arrival' : new Date(columns.time[0]!).toISOString(),
    ...Object.fromEntries(texts),
    shown: bytes.toString('utf8', scanner.textStart, scanner.textEnd),
  };
}

describe('RFC 5424', () => {
  const reads = (frame: string, want: object): void => {
    test(JSON.stringify(frame), () => expect(read(frame)).toMatchObject({ format: 'rfc5424', ...want }));
  };
  reads(
    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8",
    {
      pri: 'auth.crit',
      time: '2003-10-11T22:14:15.003Z',
      host: 'mymachine.example.com',
      app: 'su',
      msgid: 'ID47',
      message: "'su root' failed for lonvick on /dev/pts/8",
    },
  );
  reads("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.", {
    pri: 'local4.notice',
    time: '2003-08-24T12:14:15.000Z',
    procid: '8710',
    message: "%% It's time to make the do-nuts.",
  });
  reads('<0>1 - - - - - -', { pri: 'kern.emerg', time: 'arrival', message: '' });
  reads('<191>1 - h a p m [x@1 k="v"] text', { pri: 'local7.debug', message: 'text' });
  reads('<13>1 - h a p m [x@1 k="a \\" ] b"][y@1] text', { message: 'text' });
  reads('<13>1 - h a p m [x@1 iut="3" eventSource= "App"] text', { message: 'text' });
  reads('<13>1 - h a p m [origin key:"v"; other:"w"] text', { message: 'text' });
  reads('<13>1 - h a p m [never="closed text', { message: '[never="closed text' });
  reads('<13>1 - h a p m [] text', { message: 'text' });
  reads('<13>1 - h a p m - several\nlines\n', { message: 'several\nlines' });
  reads('<13>1 2026-11-21T07:00:00Z h a p m - x', { shown: '2026-11-21T07:00:00Z h a p m - x' });
});

describe('RFC 3164 and the habits of devices', () => {
  const reads = (frame: string, want: object): void => {
    test(JSON.stringify(frame), () => expect(read(frame)).toMatchObject({ format: 'rfc3164', ...want }));
  };
  reads("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", {
    pri: 'auth.crit',
    time: '2026-10-11T22:14:15.000Z',
    host: 'mymachine',
    app: 'su',
    message: "'su root' failed",
    shown: "Oct 11 22:14:15 mymachine su: 'su root' failed",
  });
  reads('<13>Nov  1 07:00:00 h app[12]: x', { time: '2026-11-01T07:00:00.000Z', procid: '12', message: 'x' });
  reads('<13>NOV 1 07:00:00 h app: x', { time: '2026-11-01T07:00:00.000Z' });
  reads('<13>Mar 7 2008 10:11:12 h app: x', { time: '2008-03-07T10:11:12.000Z', host: 'h', app: 'app' });
  reads('<13>2008 Mar  7 10:11:12 h app: x', { time: '2008-03-07T10:11:12.000Z' });
  reads('<13>Nov 20 10:11:12.123456 h app: x', { time: '2026-11-20T10:11:12.123Z' });
  reads('<189>29: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured', {
    time: '2026-03-01T18:46:11.000Z',
    app: '%SYS-5-CONFIG_I',
    message: 'Configured',
  });
  reads('<13>2026-11-20T10:11:12+02:00 h app: x', { time: '2026-11-20T08:11:12.000Z', host: 'h', app: 'app' });
  reads('<13>2026-11-20 10:11:12 h app: x', { time: '2026-11-20T10:11:12.000Z' });
  reads('<13>Nov 20 10:11:12 h %PIX-7-710005: udp', { app: '%PIX-7-710005', message: 'udp' });
  reads('<38>Nov 20 10:11:12 h sshd(pam_unix)[123]: y', { app: 'sshd(pam_unix)', procid: '123', message: 'y' });
  reads('<13>Nov 20 10:11:12 app[7]: no host', { app: 'app', message: 'no host' });
  reads('<13>Nov 20 10:11:12 app: no host', { app: 'app', message: 'no host' });
  reads('<13>Nov 20 10:11:12 h last message repeated 3 times', { host: 'h', message: 'last message repeated 3 times' });
  reads('<14>Aug 30 23:00:05 X4711', { host: 'X4711', message: '' });
  reads('<13>Nov 20 10:11:12 fe80::1 app: x', { host: 'fe80::1', app: 'app' });
  reads('<13>Nov 20 10:11:12 h kernel:[ 12.3] up', { app: 'kernel', message: '[ 12.3] up' });
  reads('<13>Nov 20 10:11:12 h see http://example.org', { app: 'see', message: 'http://example.org' });
  reads('<13>Nov 20 10:11:12 h http://example.org down', { message: 'http://example.org down' });
  reads('<13>Nov 20 10:11:12 h shop no colon', { app: 'shop', message: 'no colon' });
  reads('<13>Nov 20 10:11:12 h -- MARK --', { message: '-- MARK --' });
  reads('<13>see: no host', { app: 'see', message: 'no host' });
  reads('<13>a sentence alone', { message: 'a sentence alone' });
  reads('<13>su: no time', { time: 'arrival', app: 'su', message: 'no time' });
  reads('<13>', { message: '' });
  reads('<13>Feb 29 10:00:00 h a: x', { time: '2024-02-29T10:00:00.000Z' });
  reads('<13>Feb 30 10:00:00 h a: x', { time: 'arrival' });
  reads('<13>Nov 20 25:00:00 h a: x', { time: 'arrival' });
  reads('<13>1 is not a version here', { message: '1 is not a version here' });
  reads('<13>Nov 20 10:11:12 h app: padded\r\n\0\0', { message: 'padded', shown: 'Nov 20 10:11:12 h app: padded' });
});

describe('kept as it came', () => {
  const keeps = (frame: string): void => {
    test(JSON.stringify(frame), () => {
      expect(read(frame)).toEqual({ format: 'raw', pri: 'user.notice', time: 'arrival', message: frame, shown: frame });
    });
  };
  keeps('no priority');
  keeps('<192>out of bounds');
  keeps('<-1>negative');
  keeps('<1a>letters');
  keeps('<1234>long');
  keeps('<>');
  keeps('<');
  keeps('');
  keeps('<script>alert(1)</script>');
});

test('bytes that are no UTF-8 stay in their places', () => {
  const frame = Buffer.concat([Buffer.from('<13>Nov 20 10:11:12 h app: '), Buffer.from([0xff, 0x1b, 0x00, 0x41])]);
  expect(read(frame)).toMatchObject({ app: 'app', message: '\ufffd\u001b\0A' });
});

describe('the year and the zone of times that name none', () => {
  const at = (stamp: string, now: string, zone: string, want: string): void => {
    test(`${stamp} at ${now} in ${zone}`, () => {
      expect(read(`<13>${stamp} h a: x`, { now: Date.parse(now), zone }).time).toBe(want);
    });
  };
  at('Dec 31 23:59:59', '2027-01-01T00:00:01Z', 'UTC', '2026-12-31T23:59:59.000Z');
  at('Jan  1 00:00:01', '2026-12-31T23:59:59Z', 'UTC', '2027-01-01T00:00:01.000Z');
  at('Jan  1 00:30:00', '2026-12-31T23:31:00Z', 'Europe/Paris', '2026-12-31T23:30:00.000Z');
  at('Dec 31 18:59:59', '2027-01-01T00:00:01Z', 'America/New_York', '2026-12-31T23:59:59.000Z');
  at('Jan  2 00:00:01', '2026-12-31T23:59:59Z', 'UTC', '2026-01-02T00:00:01.000Z');
  at('Jul  1 12:00:00', '2026-07-01T10:00:05Z', 'Europe/Paris', '2026-07-01T10:00:00.000Z');
  at('Dec  1 12:00:00', '2026-12-01T11:00:05Z', 'Europe/Paris', '2026-12-01T11:00:00.000Z');
  at('Mar 29 01:59:59', '2026-03-29T01:00:00Z', 'Europe/Paris', '2026-03-29T00:59:59.000Z');
  at('Mar 29 03:00:00', '2026-03-29T01:00:01Z', 'Europe/Paris', '2026-03-29T01:00:00.000Z');
  at('Oct 25 02:30:00', '2026-10-25T00:30:01Z', 'Europe/Paris', '2026-10-25T00:30:00.000Z');
  at('Oct 25 03:00:00', '2026-10-25T02:00:01Z', 'Europe/Paris', '2026-10-25T02:00:00.000Z');
  at('Nov 20 12:00:00', '2026-11-20T06:15:05Z', 'Asia/Kathmandu', '2026-11-20T06:15:00.000Z');
});
