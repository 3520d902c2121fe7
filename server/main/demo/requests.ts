import { DAY, MINUTE, type Ms } from '../../model/units.ts';
import { type Client, clientOf } from './clients.ts';
import { type Random, randomOf } from './random.ts';
import type { Rhythm } from './rhythm.ts';
import { progressOf, type Story, within } from './story.ts';

export const WEB_HOSTS = ['web-1', 'web-2'] as const;
export const SHOP_SERVICES = ['shop', 'checkout', 'api'] as const;
type ShopService = (typeof SHOP_SERVICES)[number];

/** A line of an access log and the log it belongs to. */
export interface AccessLine {
  /** ms. */
  readonly time: number;
  readonly host: string;
  readonly service: string;
  /** Apache's vhost_combined with %D, and its line end. */
  readonly text: string;
}

interface Exchange {
  readonly vhost: string;
  readonly request: string;
  readonly status: number;
  readonly bytes: number;
  readonly referrer: string;
  readonly duration_ms: number;
}

/** Shares of failures, and how many answers are slow. */
const BASE_FAILURES = 0.0001;
const DEPLOY_FAILURES = 0.08;
const OUTAGE_FAILURES = 0.25;
const BURN_FAILURES = 0.15;
const SLOW_SHARE = 0.55;
const SLOW_FACTOR = 14;
/** At its end the leak makes every answer so many times slower. */
const LEAK_FACTOR = 12;
const MAIL_SHARE = 0.4;

/** All requests of one minute in the order of their time; the same for the same seed and minute. */
export function requestsIn(rhythm: Rhythm, seed: number, start: Ms): AccessLine[] {
  const random = randomOf(seed, start / MINUTE, 1);
  const { story } = rhythm;
  const count = rhythm.linesIn(start, random);
  const asked = Array.from({ length: count + rhythm.betaLinesIn(start, count) }, (_, i) => {
    return { time: start + random.below(MINUTE), isBeta: i >= count };
  });
  const lines = asked.sort((a, b) => a.time - b.time).map(({ time, isBeta }) => shopLine(story, time, random, isBeta));
  if (start < story.mail_silent && random.next() < MAIL_SHARE) {
    lines.push(mailLine(start + random.below(MINUTE), random));
  }
  return lines;
}

function shopLine(story: Story, time: number, random: Random, isBeta: boolean): AccessLine {
  const client = clientOf(random);
  const service = isBeta || client.kind === 'scanner' ? 'shop' : serviceAt(story, time, random);
  const answered = EXCHANGES[service](story, time, random, client);
  const exchange = isBeta ? { ...answered, vhost: 'beta.shop.example' } : answered;
  return { time, host: random.pick(WEB_HOSTS), service, text: lineOf(time, client, exchange) };
}

function serviceAt(story: Story, time: number, random: Random): ShopService {
  const chance = random.next();
  if (within(time, story.sale)) return chance < 0.4 ? 'checkout' : chance < 0.9 ? 'shop' : 'api';
  return chance < 0.62 ? 'shop' : chance < 0.75 ? 'checkout' : 'api';
}

const EXCHANGES: Readonly<
  Record<ShopService, (story: Story, time: number, random: Random, client: Client) => Exchange>
> = { shop: shopExchange, checkout: checkoutExchange, api: apiExchange };

const PRODUCTS = ['lamp', 'chair', 'desk', 'shelf', 'vase', 'rug', 'mirror', 'clock'] as const;
const SEARCHES = ['oak', 'lamp+red', 'rug', 'gift', 'clock', 'small+desk'] as const;
const GONE = ['/spring-sale', '/catalogue.pdf', '/old/lamps.html'] as const;
const PROBES = ['/wp-login.php', '/.env', '/phpmyadmin/', '/admin/config.php'] as const;
const REFERRERS = [
  '-',
  '-',
  'https://www.google.com/',
  'https://duckduckgo.com/',
  'https://news.example.org/best-lamps',
] as const;

function shopExchange(story: Story, time: number, random: Random, client: Client): Exchange {
  const vhost = 'shop.example';
  const slow = time >= story.slow && random.next() < SLOW_SHARE;
  const duration_ms = latency(random, 45, 0.6) * (slow ? SLOW_FACTOR : 1);
  const [path, status, bytes] = shopPage(random, client);
  const referrer = path.startsWith('/assets') ? 'https://shop.example/' : random.pick(REFERRERS);
  if (fails(random, shopFailures(story, time))) {
    return { vhost, request: `GET ${path}`, status: 503, bytes: 299, referrer, duration_ms: 3 };
  }
  return {
    vhost,
    request: `GET ${path}`,
    status,
    bytes,
    referrer: status === 404 ? brokenLink(path) : referrer,
    duration_ms,
  };
}

function shopFailures(story: Story, time: number): number {
  if (within(time, story.outage)) return OUTAGE_FAILURES;
  return within(time, story.burn) ? BURN_FAILURES : BASE_FAILURES;
}

/** A broken link is told by the page it is on. */
function brokenLink(path: string): string {
  return path === GONE[0] ? 'https://news.example.org/best-lamps' : '-';
}

function shopPage(random: Random, client: Client): readonly [path: string, status: number, bytes: number] {
  if (client.kind === 'scanner') return [random.pick(PROBES), 404, 196];
  if (client.kind === 'bot' && random.next() < 0.1) return ['/robots.txt', 200, 68];
  const chance = random.next();
  const size = (mean: number): number => Math.round(mean * (0.6 + 0.8 * random.next()));
  if (chance < 0.14) return ['/', 200, size(14_000)];
  if (chance < 0.44) return [`/product/${random.pick(PRODUCTS)}-${rank(random, 60)}`, 200, size(22_000)];
  if (chance < 0.56) return [`/category/${random.pick(PRODUCTS)}s?page=${rank(random, 8)}`, 200, size(31_000)];
  if (chance < 0.64) return [`/search?q=${random.pick(SEARCHES)}`, 200, size(18_000)];
  if (chance < 0.655) return [random.pick(GONE), 404, 196];
  const asset = random.pick([
    '/assets/shop.css',
    '/assets/shop.js',
    '/assets/logo.svg',
    '/images/room.jpg',
    '/favicon.ico',
  ]);
  return random.next() < 0.4 ? [asset, 304, 0] : [asset, 200, size(48_000)];
}

function checkoutExchange(story: Story, time: number, random: Random): Exchange {
  const chance = random.next();
  const id = 1000 + rank(random, 4000);
  const [request, status, bytes] =
    chance < 0.35
      ? (['GET /cart', 200, 5200] as const)
      : chance < 0.62
        ? (['POST /cart/items', 302, 0] as const)
        : chance < 0.63
          ? ([`DELETE /cart/items/${id % 60}`, 204, 0] as const)
          : chance < 0.82
            ? (['GET /checkout', 200, 8100] as const)
            : chance < 0.92
              ? (['POST /payment', 302, 0] as const)
              : ([`GET /order/${id}`, 200, 6400] as const);
  const seen = { vhost: 'pay.shop.example', request, referrer: 'https://shop.example/' };
  const failed = fails(random, within(time, story.deploy) ? DEPLOY_FAILURES : BASE_FAILURES);
  if (failed) return { ...seen, status: 500, bytes: 530, duration_ms: 12 };
  return { ...seen, status, bytes, duration_ms: latency(random, 90, 0.5) };
}

function apiExchange(story: Story, time: number, random: Random): Exchange {
  const old = time < story.retired && random.next() < 0.08;
  const vhost = old ? 'v1.api.shop.example' : 'api.shop.example';
  const version = old ? '/v1' : '/v2';
  const chance = random.next();
  const request =
    chance < 0.5
      ? `GET ${version}/products?page=${rank(random, 12)}`
      : chance < 0.8
        ? `GET ${version}/stock/${rank(random, 60)}`
        : chance < 0.95
          ? `GET ${version}/prices`
          : `POST ${version}/orders`;
  const leak = within(time, story.leak) ? 1 + (LEAK_FACTOR - 1) * progressOf(time, story.leak) ** 3 : 1;
  const duration_ms = latency(random, 60, 0.7) * leak;
  const status = fails(random, BASE_FAILURES)
    ? 502
    : random.next() < 0.01
      ? 401
      : request.startsWith('POST')
        ? 201
        : 200;
  return { vhost, request, status, bytes: status < 300 ? 900 + random.below(4000) : 120, referrer: '-', duration_ms };
}

function mailLine(time: number, random: Random): AccessLine {
  const client = clientOf(random);
  const request =
    random.next() < 0.7 ? `GET /open/${random.below(9000)}.gif` : `GET /unsubscribe/${random.below(9000)}`;
  const status = fails(random, BASE_FAILURES) ? 500 : 200;
  const exchange = {
    vhost: 'mail.shop.example',
    request,
    status,
    bytes: 43,
    referrer: '-',
    duration_ms: latency(random, 8, 0.5),
  };
  return { time, host: 'mail-1', service: 'newsletter', text: lineOf(time, client, exchange) };
}

function fails(random: Random, share: number): boolean {
  return random.next() < share;
}

/** Log-normal, as answers usually are. */
function latency(random: Random, median_ms: number, spread: number): number {
  return median_ms * Math.exp(spread * random.normal());
}

/** 1 to `most`, low numbers far more often. */
function rank(random: Random, most: number): number {
  return 1 + Math.floor(most * random.next() ** 2.5);
}

function lineOf(
  time: number,
  client: Client,
  { vhost, request, status, bytes, referrer, duration_ms }: Exchange,
): string {
  const sent = bytes === 0 ? '-' : bytes;
  const micros = Math.max(150, Math.round(duration_ms * 1000));
  return `${vhost}:443 ${client.address} - - [${apacheTime(time)}] "${request} HTTP/1.1" ${status} ${sent} "${referrer}" "${client.agent}" ${micros}\n`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
let dayText = { day: -1, text: '' };

/** 17/May/2015:10:05:03 +0000. */
function apacheTime(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== dayText.day) {
    const date = new Date(time);
    const month = MONTHS[date.getUTCMonth()] ?? '';
    dayText = { day, text: `${two(date.getUTCDate())}/${month}/${date.getUTCFullYear()}` };
  }
  const second = Math.floor((time - day * DAY) / 1000);
  const [h, m, s] = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60];
  return `${dayText.text}:${two(h)}:${two(m)}:${two(s)} +0000`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
