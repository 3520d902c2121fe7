import { z } from 'zod';
import { ALERT_TIERS, type AlertTier } from '../../server/model/alerts.ts';
import { formatDuration, MINUTE, type Ms, ms, parseDuration, SECOND } from '../../server/model/units.ts';
import { ALERT_PAIRS, type AlertPair, burnFactor, canFire, DEFAULT_MIN_EVENTS, deadPairs } from '../alerts/windows.ts';
import { errorBudgetShare, type SloDefinition } from '../slo-definition.ts';
import { nominalLength } from '../slo-window.ts';
import { formatObjective } from './percentage.ts';
import { DURATION, PART_OR_ALL } from './written-shape.ts';
import { alsoWritten, got, reading } from './written-value.ts';
import { isRecord } from './yaml-file.ts';

const MAX_PAIRS = 8;

/**
 * The key `alerts:` of a definition. A tier that is not named keeps its usual pairs:
 *
 *     alerts: none
 *     alerts:
 *       page:
 *         - {budget_share: 2%, long: 1h, short: 5m, min_events: 50}
 *       ticket: none
 *       no_data: page
 */
export const alertsSchema = z.preprocess(
  (written) => (written === 'none' ? { page: [], ticket: [], no_data: 'none' } : written),
  z
    .strictObject(
      { page: tierSchema().optional(), ticket: tierSchema().optional(), no_data: noDataSchema().optional() },
      {
        error: (issue) =>
          issue.code === 'invalid_type' ? got(issue.input, 'none, or a map of page, ticket and no_data') : undefined,
      },
    )
    .meta({ description: 'pairs of windows that alert; a tier that is not named keeps its usual pairs' })
    .register(alsoWritten, { words: ['none'] }),
);

/** The keys of each map, for the reader who knows the near ones. */
export const ALERT_KEYS: Readonly<Record<string, readonly string[]>> = {
  alerts: [...ALERT_TIERS, 'no_data'],
  ...Object.fromEntries(
    ALERT_TIERS.map((tier) => [`alerts.${tier}`, ['budget_share', 'long', 'short', 'min_events', 'min_bad']]),
  ),
};

function noDataSchema() {
  return z.enum([...ALERT_TIERS, 'none'], { error: (issue) => got(issue.input, 'page, ticket or none') });
}

function pairSchema() {
  return z.strictObject(
    {
      budget_share: reading('a share of the budget such as "2%"', budgetShare, PART_OR_ALL),
      long: reading('a duration such as "1h"', alertWindow, DURATION),
      short: reading('a duration such as "5m"', alertWindow, DURATION),
      min_events: z
        .int({ error: (issue) => got(issue.input, 'a whole number of events, such as 50') })
        .min(1, 'want at least 1 event')
        .default(DEFAULT_MIN_EVENTS),
      min_bad: z
        .int({ error: (issue) => got(issue.input, 'a whole number of bad events, such as 5') })
        .min(1, 'want at least 1 bad event')
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === 'invalid_type' ? got(issue.input, 'a map of budget_share, long, short') : undefined,
    },
  );
}

/** Made when it is first asked for, once for all pairs. */
let pair: ReturnType<typeof pairSchema> | undefined;

function tierSchema() {
  return z.preprocess(
    (written) => (written === 'none' ? [] : written),
    z
      .array(pairSchema(), {
        error: (issue) => got(issue.input, 'none, or a list such as [{budget_share: 2%, long: 1h, short: 5m}]'),
      })
      .max(MAX_PAIRS, `want at most ${MAX_PAIRS} pairs of windows`)
      .register(alsoWritten, { words: ['none'] }),
  );
}

function budgetShare(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1] ?? Number.NaN);
  if (!(percent > 0 && percent <= 100))
    throw new Error(`got ${JSON.stringify(text)}; want more than 0% and at most 100%`);
  return Number((percent / 100).toFixed(12));
}

/** What the store can count exactly: whole slots of its finest ring. */
function alertWindow(text: string): Ms {
  const window = parseDuration(text);
  if (window < MINUTE || window % (10 * SECOND) !== 0) {
    throw new Error(`got a window of ${text}; want at least 1m, in steps of 10s`);
  }
  return window;
}

type WrittenAlerts = z.output<typeof alertsSchema>;

/** The pairs in force; undefined when the definition leaves them to us. */
export function alertPairsOf(written: WrittenAlerts | undefined): readonly AlertPair[] | undefined {
  if (written?.page === undefined && written?.ticket === undefined) return undefined;
  return ALERT_TIERS.flatMap((tier) => written[tier]?.map((pair) => ({ tier, ...pair })) ?? usualPairs(tier));
}

function usualPairs(tier: AlertTier): readonly AlertPair[] {
  return ALERT_PAIRS.filter((pair) => pair.tier === tier);
}

interface AlertProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is known of the definition that the pairs stand under. */
type AroundPairs = Partial<Pick<SloDefinition, 'objective' | 'window'>>;

/** What is wrong with the pairs a person wrote, given the window and the objective they stand under, of those that can be read. */
export function alertProblems(alerts: unknown, slo: AroundPairs): readonly AlertProblem[] {
  return ALERT_TIERS.flatMap((tier) => {
    const pairs = pairsWritten(alerts, tier);
    return pairs.flatMap(({ pair, i }) => {
      const twin = pairs.find((other) => other.pair.long === pair.long && other.pair.short === pair.short);
      const isTwin = twin !== undefined && twin.i < i;
      const message = isTwin ? `these windows are used already by pair ${twin.i + 1}` : pairProblem(pair, slo);
      return message === undefined ? [] : [{ path: ['alerts', tier, i], message }];
    });
  });
}

function pairsWritten(alerts: unknown, tier: AlertTier): readonly { readonly pair: AlertPair; readonly i: number }[] {
  const list: unknown = isRecord(alerts) ? alerts[tier] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((written: unknown, i) => {
    pair ??= pairSchema();
    const { data } = pair.safeParse(written);
    return data === undefined ? [] : [{ pair: { tier, ...data }, i }];
  });
}

function pairProblem(pair: AlertPair, { objective, ...slo }: AroundPairs): string | undefined {
  const window = slo.window && nominalLength(slo.window);
  const [long, short] = [formatDuration(pair.long), formatDuration(pair.short)];
  if (pair.short >= pair.long) return `got short ${short} and long ${long}; want short below long`;
  if (window === undefined) return undefined;
  if (pair.long > window) return `got long ${long}; want at most the window of the SLO, ${formatDuration(window)}`;
  if (objective === undefined || canFire(pair, window, errorBudgetShare(objective))) return undefined;
  return `this alert can never fire: ${arithmetic(pair, window, objective)}`;
}

/** A factor as a product, and the fastest burn there is: a full outage. */
function arithmetic(pair: AlertPair, window: Ms, objective: number): string {
  const share = errorBudgetShare(objective);
  const factor = `${formatObjective(pair.budget_share)} x ${formatDuration(window)} / ${formatDuration(pair.long)}`;
  const most = `1 / (100% - ${formatObjective(objective)})`;
  const limit = Math.floor((pair.long / window / share) * 1e6) / 1e4;
  return (
    `it needs a burn above ${rounded(burnFactor(pair, window))} (${factor}), and even a full outage burns at ` +
    `${rounded(1 / share)} (${most}); want a budget_share below ${limit}%`
  );
}

/** Usual pairs that are left out, in words for a person who checks the file. */
export function leftOutNotes({ objective, alerts, ...slo }: SloDefinition): readonly string[] {
  const window = nominalLength(slo.window);
  const share = errorBudgetShare(objective);
  return deadPairs(window, share, alerts).map((pair) => {
    const name = `the ${formatDuration(pair.long)}/${formatDuration(pair.short)} ${pair.tier} alert`;
    const factor = rounded(burnFactor(pair, window));
    return `${name} is left out: it needs a burn above ${factor}, and even a full outage burns at ${rounded(1 / share)}`;
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** The alerts as they are written in a file; undefined where the usual ones are in force. */
export function printAlerts({ alerts, no_data }: Pick<SloDefinition, 'alerts' | 'no_data'>): unknown {
  if (alerts === undefined && no_data === undefined) return undefined;
  if (alerts?.length === 0 && no_data === 'none') return 'none';
  const tiers = ALERT_TIERS.map(
    (tier) => [tier, (alerts ?? ALERT_PAIRS).filter((pair) => pair.tier === tier)] as const,
  );
  // What is usual is not named: among the usual pairs may be some that could never fire, which nobody may write.
  const named = tiers.filter(([tier, pairs]) => !samePairs(pairs, usualPairs(tier)));
  const printed = named.map(([tier, pairs]) => [tier, printTier(pairs)]);
  if (printed.length === 0 && no_data === undefined) return undefined;
  return { ...Object.fromEntries(printed), ...(no_data !== undefined && { no_data }) };
}

function samePairs(a: readonly AlertPair[], b: readonly AlertPair[]): boolean {
  const key = ({ long, short, budget_share, min_events, min_bad }: AlertPair): string =>
    [long, short, budget_share, min_events, min_bad].join();
  return a.map(key).join(' ') === b.map(key).join(' ');
}

function printTier(pairs: readonly AlertPair[]): unknown {
  if (pairs.length === 0) return 'none';
  return pairs.map(({ budget_share, long, short, min_events, min_bad }) => ({
    budget_share: formatObjective(budget_share),
    long: formatDuration(ms(long)),
    short: formatDuration(ms(short)),
    ...(min_events !== DEFAULT_MIN_EVENTS && { min_events }),
    ...(min_bad !== undefined && { min_bad }),
  }));
}
