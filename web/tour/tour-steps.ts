import type { DemoStory } from '../../server/model/demo.ts';
import { MINUTE } from '../../server/model/units.ts';
import type { TourWord } from './words.ts';

/** Where a step can be seen. */
export interface TourLink {
  readonly text: TourWord;
  readonly href: string;
}

export interface TourStep {
  readonly title: TourWord;
  readonly text: TourWord;
  /** When it happened, ms. */
  readonly time: number | undefined;
  readonly links: readonly TourLink[];
}

const AROUND = 30 * MINUTE;

/** The tour through a story: what to look at, in the order of a class. */
export function tourSteps(story: DemoStory): readonly TourStep[] {
  const { leak, deploy, quiet, outage, silence, slow, sale } = story;
  return [
    { title: 'overview_title', text: 'overview', time: undefined, links: [{ text: 'see_overview', href: '/' }] },
    {
      title: 'leak_title',
      text: 'leak',
      time: leak.start,
      links: [
        { text: 'see_slo', href: '/slo/api-latency' },
        { text: 'see_heap', href: logs(leak.start, leak.end, { text: 'heap' }) },
      ],
    },
    {
      title: 'deploy_title',
      text: 'deploy',
      time: deploy.start,
      links: [
        { text: 'see_slo', href: '/slo/checkout-availability' },
        {
          text: 'see_deploy',
          href: logs(deploy.start - AROUND, deploy.end + AROUND, { text: 'checkout', level: 'warning' }),
        },
      ],
    },
    { title: 'alert_title', text: 'alert', time: deploy.start, links: [{ text: 'see_alerts', href: '/alerts' }] },
    {
      title: 'quiet_title',
      text: 'quiet',
      time: quiet.start,
      links: [
        { text: 'see_rate', href: graph(quiet.start - 12 * AROUND, quiet.end + 12 * AROUND, RATE) },
        { text: 'see_uplink', href: logs(quiet.start - AROUND, quiet.end + AROUND, { label: 'host=gw-1' }) },
      ],
    },
    {
      title: 'silence_title',
      text: 'silence',
      time: silence.start,
      links: [
        { text: 'see_gap', href: `/traffic/web-2/eth0?end=${(silence.end + 4 * AROUND) / 1000}` },
        {
          text: 'see_kill',
          href: logs(outage.start - AROUND, silence.end + AROUND, { label: 'app=systemd', text: 'vigie' }),
        },
      ],
    },
    {
      title: 'web_log_title',
      text: 'web_log',
      time: sale.start,
      links: [{ text: 'see_web_log', href: `/web-log?${new URLSearchParams({ service: 'shop' })}` }],
    },
    {
      title: 'now_title',
      text: 'now',
      time: slow,
      links: [
        { text: 'see_slo', href: '/slo/shop-latency?range=1d' },
        { text: 'see_slow', href: `/logs?${new URLSearchParams({ since: '6h', text: 'slow query' })}` },
      ],
    },
  ];
}

const RATE = 'sum by (service) (rate(http_requests_total[5m]))';

function graph(start: number, end: number, query: string): string {
  return `/graph?${new URLSearchParams({ query, ...span(start, end) })}`;
}

function logs(start: number, end: number, conditions: Readonly<Record<string, string>>): string {
  return `/logs?${new URLSearchParams({ ...span(start, end), ...conditions })}`;
}

/** Addresses count seconds. */
function span(start: number, end: number): { readonly start: string; readonly end: string } {
  return { start: String(start / 1000), end: String(end / 1000) };
}
