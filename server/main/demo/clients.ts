import type { Random } from './random.ts';

/** Who asks: people with a browser, robots of search engines, and scanners that look for holes. */
export interface Client {
  readonly kind: 'person' | 'bot' | 'scanner';
  readonly address: string;
  readonly agent: string;
}

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
] as const;
const BOTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; ExampleBot/1.0; +https://bot.example.org/)',
] as const;
const SCANNERS = ['curl/8.5.0', 'python-requests/2.32.3', '-'] as const;
/** The networks of RFC 5737: nobody has them. */
const NETWORKS = ['192.0.2.', '198.51.100.', '203.0.113.'] as const;
const BOT_SHARE = 0.07;
const SCANNER_SHARE = 0.006;
const CUSTOMERS = 6000;

export function clientOf(random: Random): Client {
  const chance = random.next();
  if (chance < SCANNER_SHARE) {
    return { kind: 'scanner', address: `203.0.113.${240 + random.below(12)}`, agent: random.pick(SCANNERS) };
  }
  if (chance < SCANNER_SHARE + BOT_SHARE) {
    return { kind: 'bot', address: `192.0.2.${200 + random.below(20)}`, agent: random.pick(BOTS) };
  }
  const customer = Math.floor(CUSTOMERS * random.next() ** 1.7);
  return { kind: 'person', address: addressOf(customer), agent: BROWSERS[customer % BROWSERS.length] ?? BROWSERS[0] };
}

/** Regulars have IPv4, of which there are few to show; the others the prefix of RFC 3849. */
function addressOf(customer: number): string {
  if (customer < 570) return `${NETWORKS[customer % 3] ?? NETWORKS[0]}${1 + Math.floor(customer / 3)}`;
  return `2001:db8:${(customer * 7).toString(16)}::${(1 + (customer % 9)).toString(16)}`;
}
