import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../server/main/config.ts';
import { readReceivers } from '../../server/main/start-alerts.ts';
import { messageOf } from '../../server/model/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-notify-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function load(lines: readonly string[]) {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, `notify:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  return { file, read: () => readReceivers(loadConfig(file, {})) };
}

const WEBHOOK = 'type: webhook, url: "https://pager.example.org/hook"';
const EMAIL = 'type: email, smtp: "smtp://mail.example.org:587", from: v@example.org, to: [s@example.org]';

test('nobody is told without receivers', () => {
  const file = join(folder, 'empty.yaml');
  writeFileSync(file, 'data_dir: data\n');
  expect(readReceivers(loadConfig(file, {}))).toEqual([]);
});

test('receivers have their names, tiers and integrations; files lie beside the configuration', () => {
  writeFileSync(join(folder, 'pager.token'), '# of the pager\n  secret-token  \n');
  writeFileSync(join(folder, 'mail.auth'), 'vigie a pass word\n');
  const { read } = load([
    'public_url: https://vigie.example.org/',
    'language: fr',
    'receivers:',
    `  pager: {${WEBHOOK}, token_file: pager.token, tiers: [page], timeout: 5s}`,
    `  team: {${EMAIL}, auth_file: mail.auth, language: en}`,
    '  local: {type: email, smtp: "smtp://[::1]", from: vigie@localhost, to: [root@localhost]}',
  ]);
  expect(read()).toMatchObject([
    { name: 'pager', integration: 'webhook', tiers: ['page'] },
    { name: 'team', integration: 'email', tiers: ['page', 'ticket'] },
    { name: 'local', integration: 'email' },
  ]);
});

describe('what is wrong is told where it stands', () => {
  const refused = (receiver: string, want: string | RegExp) =>
    test(receiver, () => {
      const { file, read } = load(['receivers:', `  it: {${receiver}}`]);
      let told = '';
      try {
        read();
      } catch (error) {
        told = messageOf(error).replaceAll(`${file}:`, '');
      }
      expect(told).toMatch(want);
    });
  refused('type: pigeon', /^3:16: .*got "pigeon"; want one of webhook, email/);
  refused('type: webhook', /url/);
  refused('type: webhook, url: "pager.example.org"', /^3:30: .*got "pager.example.org"; want an address/);
  refused('type: webhook, url: "file:///etc/passwd"', /want an address/);
  refused('type: webhook, url: "https://user:pass@example.org"', /user or password in the address/);
  refused(`${WEBHOOK}, timeout: 10m`, /want 1s to 5m/);
  refused(`${WEBHOOK}, timeout: 10`, /timeout/);
  refused(`${WEBHOOK}, tiers: []`, /at least one tier/);
  refused(`${WEBHOOK}, tiers: [pages]`, /did you mean "page"/);
  refused(`${WEBHOOK}, tokenfile: x`, /unknown key "tokenfile"; did you mean "token_file"/);
  refused(`${WEBHOOK}, token_file: nowhere`, /cannot read nowhere, a file of notify: there is no such file/);
  refused('type: email, smtp: "smtp://m", from: v@example.org, to: []', /at least one recipient/);
  refused('type: email, smtp: "smtp://m", from: "V <v@example.org>", to: [s@example.org]', /bare mail address/);
  refused(
    'type: email, smtp: "smtp://m", from: "v@example.org\\r\\nBcc: x@y", to: [s@example.org]',
    /bare mail address/,
  );
  refused('type: email, smtp: "http://m", from: v@example.org, to: [s@example.org]', /want an address such as "smtp/);
  refused(`${EMAIL}, starttls: maybe`, /want one of required, if_offered, off/);

  test('a secret that is none', () => {
    writeFileSync(join(folder, 'no.token'), '# nothing yet\n\n');
    writeFileSync(join(folder, 'no.auth'), 'only-a-user\n');
    expect(load(['receivers:', `  it: {${WEBHOOK}, token_file: no.token}`]).read).toThrow(
      /no.token:1:1: there is no secret/,
    );
    expect(load(['receivers:', `  it: {${EMAIL}, auth_file: no.auth}`]).read).toThrow(
      /no.auth:1:1: want "<user> <password>"/,
    );
  });
  test('a name that would not fit a key', () => {
    const { read } = load(['receivers:', `  "a/b": {${WEBHOOK}}`]);
    expect(read).toThrow(/named by letters/);
  });
  test('a language nobody speaks', () => {
    const { read } = load(['language: de']);
    expect(read).toThrow(/want one of en, fr/);
  });
});
