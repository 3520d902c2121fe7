import type { GateAnswer, Reason, SloDetail, SloState, SloStatus } from '../../server/model/slo.ts';
import type { SystemStatus } from '../../server/model/status.ts';

/** 2026-11-21T12:00:00Z */
export const NOW = 1_795_262_400_000;
const DAY_MS = 86_400_000;

type Changes = Partial<Omit<SloStatus, 'counts' | 'budget'>> & { readonly total?: number; readonly bad?: number };

/** A status whose counts, budget and burn agree with one another. */
export function sloStatus({ total = 1_000_000, bad = 400, ...changes }: Changes = {}): SloStatus {
  const objective = changes.objective ?? 0.999;
  const allowed = Math.round(total * (1 - objective) * 1e6) / 1e6;
  const rate = total === 0 ? {} : { rate: 0.4 };
  return {
    id: 'shop-availability',
    title: 'Requests to shop succeed',
    service: 'shop',
    owner: 'team-shop',
    labels: {},
    proposed: false,
    kind: 'availability',
    unit: 'requests',
    objective,
    state: 'ok',
    reasons: [],
    as_of: NOW,
    window: { duration_secs: 2_592_000, start: NOW - 30 * DAY_MS, end: NOW },
    counts: { total, good: total - bad, bad },
    ...(total > 0 && { attained: (total - bad) / total }),
    budget: { allowed, spent: bad, left: allowed - bad, ...(total > 0 && { left_ratio: (allowed - bad) / allowed }) },
    burns: [{ window_secs: 3600, total: total / 1000, bad: bad / 1000, ...rate }],
    alerts: [{ tier: 'page', long_secs: 3600, short_secs: 300, factor: 14.4, budget_share: 0.02, firing: false }],
    exhaustion: { kind: 'gains' },
    sources: [{ origin: 'web-1/access', complete_to: NOW, state: 'ok' }],
    ...changes,
  };
}

/** One status of each state, with the reason the rules would give. */
export const STATE_CASES: Readonly<Record<SloState, Changes>> = {
  ok: {},
  exhausted: { bad: 1204, reasons: [budgetSpent('shop')], exhaustion: { kind: 'spent' } },
  burning: { exhaustion: { kind: 'at', time: NOW + DAY_MS } },
  no_data: { as_of: 0, sources: [{ origin: 'web-1/access', state: 'unreadable', note: 'cannot read <b>it</b>' }] },
  no_traffic: { total: 0, bad: 0, exhaustion: { kind: 'unknown' } },
  too_little_traffic: { total: 12, bad: 0 },
  too_new: { total: 800, bad: 0, proposed: true },
};

export function budgetSpent(service: string): Reason {
  return { code: 'budget_spent', args: { service, bad: 1204, allowed: 1000, unit: 'day', amount: 30 } };
}

export function gateAnswer(changes: Partial<GateAnswer> = {}): GateAnswer {
  return { decision: 'go', time: NOW, sentence: '', reasons: [], slos: [], ...changes };
}

/** Five steps of an hour; the third had no request. */
export function sloDetail(status: SloStatus): SloDetail {
  const time = [1, 2, 3, 4, 5].map((hours) => NOW - DAY_MS + hours * 3_600_000);
  return {
    status,
    range: { start: NOW - DAY_MS, end: NOW, step_secs: 3600 },
    time,
    total: [100, 200, 0, 400, 100],
    bad: [0, 10, 0, 0, 1],
    sli: [1, 0.95, null, 1, 0.99],
    budget_left: [1, 0.9, null, 0.9, 0.8],
    budget_ideal: [0.8, 0.6, 0.4, 0.2, 0],
    definition: 'slos:\n  - id: shop-availability\n',
  };
}

const RINGS = {
  matches: [],
  rings: [
    { step_secs: 10, keep_secs: 172_800 },
    { step_secs: 60, keep_secs: 1_209_600 },
  ],
  series: 8,
  waiting: 2,
  bytesPerSeries: { sum: 1_500_000 },
};
const SHOP_RINGS = { ...RINGS, matches: ['{service="shop"}'], series: 2, waiting: 0 };

export function systemStatus(): SystemStatus {
  return {
    version: '1.2.3',
    time: NOW,
    started: NOW - DAY_MS,
    data_dir: '/var/lib/vigie',
    config: 'vigie.yaml',
    origins: [],
    components: [],
    queues: [],
    store: {
      series: 10,
      seriesLimit: 20_000,
      bytes: 1_500_000,
      worstCaseBytes: 2_000_000_000,
      worstCaseBytesPerSeries: {},
      ringProfiles: [RINGS, SHOP_RINGS],
      journalRecords: 0,
      appliedBatches: 1,
      appliedIncrements: 2,
      appliedSamples: 3,
      drops: {},
    },
  };
}
