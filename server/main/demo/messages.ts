import { HOUR, MINUTE, type Ms } from '../../model/units.ts';
import { type Random, randomOf } from './random.ts';
import { shopReleases } from './releases.ts';
import { progressOf, type Story, within } from './story.ts';

/** A syslog message. */
export interface Message {
  /** ms. */
  readonly time: number;
  readonly host: string;
  readonly app: string;
  readonly facility: number;
  readonly severity: number;
  readonly text: string;
}

const [KERN, MAIL, DAEMON, AUTH, CRON, LOCAL0] = [0, 2, 3, 4, 9, 16];
const [CRIT, ERR, WARNING, NOTICE, INFO] = [2, 3, 4, 5, 6];
const HOSTS = ['web-1', 'web-2'] as const;
/** Ordinary messages a minute, on the average. */
const PER_MINUTE = 0.5;

/** The messages of one minute in the order of their time; the same for the same seed and minute. */
export function messagesIn(story: Story, seed: number, start: Ms): Message[] {
  const random = randomOf(seed, start / MINUTE, 2);
  const usual = random.next() < PER_MINUTE ? [ordinary(start, random)] : [];
  const told = [...usual, ...symptoms(story, start, random), ...chapters(story, start)];
  return told.sort((a, b) => a.time - b.time);
}

type Source = readonly [app: string, facility: number, severity: number, text: (random: Random) => string];

const ORDINARY: readonly [Source, ...Source[]] = [
  ['CRON', CRON, INFO, () => '(root) CMD (cd / && run-parts --report /etc/cron.hourly)'],
  ['systemd', DAEMON, INFO, () => 'Started logrotate.service - Rotate log files.'],
  [
    'sshd',
    AUTH,
    INFO,
    (random) => `Connection closed by 203.0.113.${240 + random.below(12)} port ${ephemeral(random)} [preauth]`,
  ],
  [
    'sshd',
    AUTH,
    NOTICE,
    (random) =>
      `Failed password for invalid user admin from 203.0.113.${240 + random.below(12)} port ${ephemeral(random)} ssh2`,
  ],
  ['sshd', AUTH, INFO, (random) => `Accepted publickey for deploy from 192.0.2.9 port ${ephemeral(random)} ssh2`],
  [
    'postfix/smtp',
    MAIL,
    INFO,
    (random) => `${random.below(2 ** 28).toString(16)}: to=<customer@example.org>, relay=mx.example.org, status=sent`,
  ],
  ['kernel', KERN, INFO, () => 'TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.'],
  ['ntpd', DAEMON, INFO, (random) => `adjusting local clock by ${(random.next() / 10).toFixed(6)}s`],
];

function ordinary(start: Ms, random: Random): Message {
  const [app, facility, severity, text] = random.pick(ORDINARY);
  return message(start + random.below(MINUTE), random.pick(HOSTS), [app, facility, severity], text(random));
}

function ephemeral(random: Random): number {
  return 32_768 + random.below(28_000);
}

/** What the machines say while something is wrong. */
function symptoms(story: Story, start: Ms, random: Random): Message[] {
  const at = (): number => start + random.below(MINUTE);
  const host = random.pick(HOSTS);
  const found: Message[] = [];
  if (within(start, story.leak) && random.next() < 0.1) {
    const heap = Math.round(55 + 43 * progressOf(start, story.leak));
    found.push(
      message(at(), host, ['api', LOCAL0, heap > 85 ? WARNING : INFO], `heap ${heap} % of 512 MiB after collection`),
    );
  }
  if (within(start, story.deploy) && random.next() < 0.9) {
    found.push(
      message(
        at(),
        host,
        ['checkout', LOCAL0, ERR],
        'NullPointerException: voucher is null at Basket.total(Basket.java:88)',
      ),
    );
  }
  if (within(start, story.outage) || within(start, story.burn)) {
    found.push(
      message(
        at(),
        host,
        ['shop', LOCAL0, ERR],
        'cannot get a database connection: pool of 20 exhausted after 3000 ms',
      ),
    );
  }
  if (start >= story.slow && random.next() < 0.25) {
    found.push(
      message(
        at(),
        host,
        ['shop', LOCAL0, WARNING],
        'slow query: SELECT * FROM products ... took 412 ms, index products_name is missing',
      ),
    );
  }
  return found;
}

/** What happens once, at its moment. */
function chapters(story: Story, start: Ms): Message[] {
  const once: readonly (readonly [number, string, Head, string])[] = [
    ...shopReleases(story).map(
      ({ time, service, version, note }) =>
        [time, 'web-1', ['deploy', LOCAL0, NOTICE], `${service} ${version} is live on web-1, web-2 (${note})`] as const,
    ),
    [story.quiet.start, 'gw-1', ['bgpd', DAEMON, CRIT], 'neighbor 198.51.100.1 Down: hold timer expired'],
    [story.quiet.end, 'gw-1', ['bgpd', DAEMON, NOTICE], 'neighbor 198.51.100.1 Up'],
    [story.outage.start, 'web-1', ['postgres', LOCAL0, ERR], 'FATAL: remaining connection slots are reserved'],
    [story.outage.end, 'web-1', ['postgres', LOCAL0, NOTICE], 'max_connections is 400'],
    [
      story.silence.start,
      'web-2',
      ['systemd', DAEMON, ERR],
      'vigie-collect.service: Main process exited, code=killed, status=9/KILL',
    ],
    [story.silence.end, 'web-2', ['systemd', DAEMON, INFO], 'Started vigie-collect.service - Vigie, the collector.'],
    [story.slow - HOUR, 'web-1', ['postgres', LOCAL0, NOTICE], 'migration 0042: DROP INDEX products_name'],
    [story.beta, 'web-1', ['deploy', LOCAL0, NOTICE], 'beta.shop.example is open'],
  ];
  return once
    .filter(([time]) => time >= start && time < start + MINUTE)
    .map(([time, host, head, text]) => message(time, host, head, text));
}

type Head = readonly [app: string, facility: number, severity: number];

function message(time: number, host: string, [app, facility, severity]: Head, text: string): Message {
  return { time, host, app, facility, severity, text };
}

/** RFC 5424, framed by octet counting (RFC 6587, 3.4.1). */
export function frameOf({ time, host, app, facility, severity, text }: Message): string {
  const line = `<${facility * 8 + severity}>1 ${new Date(time).toISOString()} ${host} ${app} - - - ${text}`;
  return `${Buffer.byteLength(line)} ${line}`;
}
