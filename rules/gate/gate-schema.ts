import { z } from 'zod';
import { ALERT_TIERS } from '../../server/model/alerts.ts';
import type { GateDecision } from '../../server/model/slo.ts';
import { formatDuration, type Ms, parseDuration } from '../../server/model/units.ts';
import { BURN_WINDOWS } from '../alerts/windows.ts';
import { DURATION, FILLED, shareOr } from '../files/written-shape.ts';
import { got, reading } from '../files/written-value.ts';
import { type FileRemark, isRecord, issueRemarks, type Path, type Place } from '../files/yaml-file.ts';
import { freezeProblems, readFreeze } from './gate-freeze.ts';
import { EVERY_SERVICE, UNDECIDED, type WrittenPolicy } from './gate-policy.ts';
import type { PolicedService } from './gate-services.ts';

/**
 * The key `policies:` of a file of definitions, every key but `services` optional:
 *
 *     policies:
 *       - services: [shop, checkout]
 *         minimum_budget: 10%
 *         maximum_burn: [{window: 1h, rate: 6}]
 *         blocking_alerts: [page, ticket]
 *         when: {no_data: no_go, too_new: go}
 *         freeze:
 *           - {from: Fri 16:00, to: Mon 08:00, zone: Europe/Paris, reason: nobody is here}
 *           - {from: 2026-12-01, duration: 3d, rrule: FREQ=MONTHLY, zone: Europe/Paris, reason: invoices}
 *         error_budget_policy:
 *           - {left: 0%, action: only fixes go out, who: shop team, freeze: true}
 */
const POLICY_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'services',
    'minimum_budget',
    'maximum_burn',
    'blocking_alerts',
    'when',
    'freeze',
    'error_budget_policy',
  ] satisfies readonly (keyof WrittenPolicy)[],
  maximum_burn: ['window', 'rate'],
  when: UNDECIDED,
  freeze: ['from', 'to', 'duration', 'rrule', 'zone', 'reason'],
  error_budget_policy: ['left', 'action', 'who', 'freeze'],
};

const MAX_FREEZES = 100;
const MAX_LEVELS = 20;
const MAX_TEXT = 300;
const DECISIONS = ['go', 'no_go', 'unknown'] as const satisfies readonly GateDecision[];

const text = (want: string) =>
  z
    .string({ error: (issue) => got(issue.input, want) })
    .trim()
    .min(1, `got ""; want ${want}`)
    .max(MAX_TEXT, `got more than ${MAX_TEXT} characters; want ${want}`)
    .meta({ description: want, pattern: FILLED });

const decision = z.enum(DECISIONS, { error: (issue) => got(issue.input, 'go, no_go or unknown') }).optional();

/** 0 to 100 %, as a ratio. */
function budgetRatio(written: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim())?.[1] ?? Number.NaN);
  if (percent >= 0 && percent <= 100) return Number((percent / 100).toFixed(12));
  throw new Error(`got ${JSON.stringify(written)}; want a share of the budget from "0%" to "100%"`);
}

function burnWindow(written: string): Ms {
  const window = parseDuration(written);
  if (BURN_WINDOWS.includes(window)) return window;
  throw new Error(`got ${written}; want one of ${BURN_WINDOWS.map(formatDuration).join(', ')}`);
}

const burnLimit = z.strictObject({
  window: reading('a window such as "1h"', burnWindow, DURATION),
  rate: z.number({ error: (issue) => got(issue.input, 'a burn rate such as 6') }).positive('want more than 0'),
});

const freeze = z.strictObject({
  from: text('a date or a time of the week'),
  to: text('a date or a time of the week').optional(),
  duration: text('a duration such as "8h"').meta({ pattern: DURATION }).optional(),
  rrule: text('a rule such as "FREQ=WEEKLY;BYDAY=FR"').optional(),
  zone: text('an IANA name such as "Europe/Paris"'),
  reason: text('why nothing is released'),
});

const level = z.strictObject({
  left: reading('a share of the budget such as "25%"', budgetRatio, shareOr()),
  action: text('what happens then'),
  who: text('who does it').optional(),
  freeze: z.boolean({ error: (issue) => got(issue.input, 'true or false') }).default(false),
});

const policySchema = z.strictObject({
  services: z
    .array(text('the name of a service'), { error: (issue) => got(issue.input, `a list such as [shop], or ["*"]`) })
    .min(1, `got none; want at least one service, or "${EVERY_SERVICE}" for all`),
  minimum_budget: reading(
    'a share of the budget such as "10%", or none',
    (written) => (written === 'none' ? written : budgetRatio(written)),
    shareOr('none'),
  ).optional(),
  maximum_burn: listOf(burnLimit, 'a list such as [{window: 1h, rate: 6}]', BURN_WINDOWS.length).optional(),
  blocking_alerts: listOf(
    z.enum(ALERT_TIERS, { error: (issue) => got(issue.input, 'page or ticket') }),
    'a list of page and ticket',
    ALERT_TIERS.length,
  ).optional(),
  when: z
    .strictObject(
      {
        no_data: decision,
        no_traffic: decision,
        too_new: decision,
        too_little_traffic: decision,
        unanswered: decision.meta({ description: 'no server answers: for vigie gate --policies' }),
      },
      {
        error: (issue) =>
          issue.code === 'invalid_type' ? got(issue.input, 'a map such as {no_data: no_go}') : undefined,
      },
    )
    .optional(),
  freeze: listOf(freeze, 'a list such as [{from, to, zone, reason}]', MAX_FREEZES).optional(),
  error_budget_policy: listOf(level, 'a list such as [{left: 0%, action: ...}]', MAX_LEVELS).optional(),
});

function listOf<T extends z.ZodType>(entry: T, want: string, most: number) {
  return z
    .array(entry, { error: (issue) => got(issue.input, want) })
    .max(most, `got more than ${most} entries; want at most ${most}`);
}

/** One policy as it is written, for editors. */
export const writtenPolicySchema: z.ZodType = policySchema;

export interface ReadPolicy {
  readonly policy?: WrittenPolicy;
  readonly problems: readonly FileRemark[];
  readonly services: readonly PolicedService[];
}

/** Reads the list under `policies:`, everything that is wrong with it at once. */
export function readPolicies(written: unknown, place: Place): readonly ReadPolicy[] {
  const want = 'want "policies:" with a list of policies';
  if (!Array.isArray(written)) return [{ problems: [place(['policies'], want)], services: [] }];
  return written.map((entry, i) => readPolicy(entry, ['policies', i], place));
}

function readPolicy(raw: unknown, at: Path, place: Place): ReadPolicy {
  if (!isRecord(raw)) return { problems: [place(at, 'want a policy with services, freeze ...')], services: [] };
  const parsed = policySchema.safeParse(raw);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...issues.flatMap((issue) => issueRemarks(issue, at, place, keysAt)),
    ...freezeRemarks(raw.freeze, [...at, 'freeze'], place),
    ...levelRemarks(raw.error_budget_policy, [...at, 'error_budget_policy'], place),
  ];
  const services = listOfAny(raw.services).flatMap((name, i) =>
    typeof name === 'string' ? [{ name: name.trim(), at: place([...at, 'services', i], '') }] : [],
  );
  return { problems, services, ...(parsed.success && problems.length === 0 && { policy: policyFrom(parsed.data) }) };
}

function listOfAny(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a shape cannot say of freezes, of the texts among their keys. */
function freezeRemarks(freezes: unknown, at: Path, place: Place): readonly FileRemark[] {
  return listOfAny(freezes).flatMap((raw, i) => {
    if (!isRecord(raw)) return [];
    const texts = Object.fromEntries(
      Object.entries(raw).filter(([, value]) => typeof value === 'string' && value.trim() !== ''),
    );
    return freezeProblems(texts).flatMap(({ key, message }) => {
      // What is written, though it is no text, is refused by its shape.
      if (key === undefined && ('to' in raw || 'duration' in raw) && !('to' in texts && 'duration' in texts)) return [];
      const name = ['freeze', i, ...(key === undefined ? [] : [key])].join('.');
      return [place([...at, i, ...(key === undefined ? [] : [key])], `${name}: ${message}`)];
    });
  });
}

/** Each share of the budget has one level. */
function levelRemarks(levels: unknown, at: Path, place: Place): readonly FileRemark[] {
  const shares = listOfAny(levels).map((raw) => level.shape.left.safeParse(isRecord(raw) ? raw.left : undefined).data);
  return shares.flatMap((share, i) => {
    if (share === undefined || shares.indexOf(share) === i) return [];
    const message = `error_budget_policy.${i}.left: got what entry ${shares.indexOf(share) + 1} has; want one entry for each "left"`;
    return [place([...at, i, 'left'], message)];
  });
}

function keysAt(path: Path): readonly string[] {
  return POLICY_KEYS[path.filter((part) => typeof part === 'string').join('.')] ?? [];
}

/** Of a policy without problems; a key that was not written is not there. */
function policyFrom({ services, when, freeze: freezes, error_budget_policy, ...rest }: z.output<typeof policySchema>) {
  const policy: WrittenPolicy = {
    services,
    ...said(rest),
    ...(when !== undefined && { when: said(when) }),
    ...(freezes !== undefined && { freeze: freezes.map(readFreeze) }),
    ...(error_budget_policy !== undefined && {
      error_budget_policy: error_budget_policy.map(({ who, ...one }) => ({
        ...one,
        ...(who !== undefined && { who }),
      })),
    }),
  };
  return policy;
}

function said(part: object): object {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}
