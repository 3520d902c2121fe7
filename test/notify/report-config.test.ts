import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../server/main/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(report: string) {
  const file = join(folder, 'vigie.yaml');
  const mail = '{type: email, smtp: "smtp://127.0.0.1:25", from: a@example.org, to: [b@example.org]}';
  const hook = '{type: webhook, url: "http://127.0.0.1:1/x"}';
  writeFileSync(file, `notify: {receivers: {mail: ${mail}, hook: ${hook}}}\nreports:\n  - {${report}}\n`);
  return loadConfig(file, {}).reports;
}

test('a schedule has its time, and what was written', () =>
  expect(load('period: week, at: Mon 08:30, zone: Europe/Paris, receiver: mail, to: [c@example.org]')).toEqual([
    {
      ...{ period: 'week', zone: 'Europe/Paris', receiver: 'mail', to: ['c@example.org'] },
      ...{ written: 'Mon 08:30', at: { days: 0, hour: 8, minute: 30 } },
    },
  ]));

const refused = (report: string, want: string) =>
  test(`${report} is refused`, () => expect(() => load(report)).toThrow(want));
refused('period: day, at: Mon 08:00, zone: UTC, receiver: mail', 'vigie.yaml:3:14: reports.0.period');
refused('period: week, at: 1 08:00, zone: UTC, receiver: mail', 'want a time of the week such as "Mon 08:00"');
refused('period: month, at: Mon 08:00, zone: UTC, receiver: mail', 'want day and time such as "1 08:00"');
refused('period: week, at: Mon 08:00, zone: Mars, receiver: mail', 'want an IANA name');
refused('period: week, at: Mon 08:00, zone: UTC, receiver: hook', 'got receiver "hook"; want mail');
refused('period: week, at: Mon 08:00, zone: UTC, receiver: mial', 'got receiver "mial"; want mail');
refused('period: week, at: Mon 08:00, zone: UTC, receiver: mail, to: [nobody]', 'want a bare mail address');
