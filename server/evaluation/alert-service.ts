import {
  alertLabels,
  makeSilence,
  readSilenceRequest,
  silenceMatches,
  silenceState,
} from '../../rules/alerts/silence.ts';
import {
  ALERT_TIERS,
  type Alert,
  type AlertDetail,
  type AlertsAnswer,
  type Notification,
  type ReceiverStatus,
  type Silence,
  type SilencePreview,
  type SilenceState,
  type SilencesAnswer,
} from '../model/alerts.ts';
import type { Clock } from '../model/clock.ts';
import { VigieError } from '../model/errors.ts';
import { alertSentence } from '../model/words/words.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { type DocumentEngine, documentPages } from './document-pages.ts';
import type { Outbox } from './outbox.ts';
import { NO_RULES, type RuleService } from './rule-service.ts';
import { english } from './sentences.ts';
import type { SilenceBook } from './silence-book.ts';
import type { SloService } from './slo-service.ts';

export interface HistoryQuery {
  /** 1 to 500. */
  readonly limit: number;
  readonly before?: number;
  readonly slo?: string;
}

/** What people ask and decide about alerts. */
export interface AlertService {
  list(query: HistoryQuery): Promise<AlertsAnswer>;
  /** Rejects with `not_found`. */
  detail(id: string): Promise<AlertDetail>;
  silences(): SilencesAnswer;
  /** `body` is a SilenceRequest. Rejects with `bad_request`, `not_found`, `conflict`. */
  silence(body: unknown): Promise<Silence>;
  preview(body: unknown): Promise<SilencePreview>;
  /** Ends a silence now. Rejects with `not_found`. */
  expire(id: string): Promise<Silence>;
  receivers(): readonly ReceiverStatus[];
}

export interface AlertServiceOptions {
  readonly engine: DocumentEngine;
  readonly slos: Pick<SloService, 'current' | 'refresh'>;
  readonly rules?: Pick<RuleService, 'alerts' | 'groups'>;
  readonly silences: SilenceBook;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

export function createAlertService(options: AlertServiceOptions): AlertService {
  const { engine, slos, rules = NO_RULES, silences, outbox, clock } = options;
  const current = async (): Promise<readonly Alert[]> => (await slos.current()).alerts;
  const changed = async (change: Promise<Silence>): Promise<Silence> => {
    const silence = await change;
    await slos.refresh();
    return silence;
  };
  return {
    list: async (query) => {
      const [alerts, past] = [await current(), await history(engine, query)];
      const ofRules = rules.groups().length === 0 ? {} : { rules: rules.alerts() };
      return { time: clock.now(), current: alerts, ...past, ...ofRules, receivers: outbox.status() };
    },
    detail: async (id) => {
      const alert = (await current()).find((one) => one.id === id) ?? (await storedAlert(engine, id));
      const text = alert.sentences.map((sentence) => alertSentence(sentence, english));
      return { alert, text, notifications: await notificationsOf(engine, id) };
    },
    silences: () => silencesAnswer(silences.all, clock),
    silence: (body) => changed(silences.put(body, clock.now())),
    preview: async (body) => {
      const written = readSilenceRequest(body);
      const silence = makeSilence(written, { id: '', now: clock.now() }, compileMatcher);
      const { alerts, slos: statuses } = await slos.current();
      return {
        alerts: [
          ...alerts.filter((alert) => silenceMatches(silence, alertLabels(alert), compileMatcher)),
          ...rules.alerts().filter(({ state, labels }) => {
            return state !== 'resolved' && silenceMatches(silence, labels, compileMatcher);
          }),
        ].map(({ id }) => id),
        slos: statuses
          .filter((slo) =>
            ALERT_TIERS.some((tier) =>
              silenceMatches(silence, alertLabels({ ...slo, slo: slo.id, tier }), compileMatcher),
            ),
          )
          .map(({ id }) => id),
      };
    },
    expire: (id) => changed(silences.expire(id, clock.now())),
    receivers: () => outbox.status(),
  };
}

/** Resolved alerts; those that still fire are told by `current`. */
async function history(
  engine: DocumentEngine,
  { limit, before, slo }: HistoryQuery,
): Promise<Pick<AlertsAnswer, 'history' | 'next'>> {
  const found: { alert: Alert; number: number }[] = [];
  const query = {
    collection: 'alert',
    ...(before !== undefined && { before }),
    ...(slo && { prefix: `${slo}-` }),
  } as const;
  for await (const page of documentPages<Alert>(engine, query)) {
    for (const { body: alert, number } of page) {
      if (alert.state !== 'resolved' || (slo !== undefined && alert.slo !== slo)) continue;
      const last = found.at(-1);
      if (found.length === limit && last !== undefined) {
        return { history: found.map((one) => one.alert), next: last.number };
      }
      found.push({ alert, number });
    }
  }
  return { history: found.map(({ alert }) => alert) };
}

async function storedAlert(engine: DocumentEngine, id: string): Promise<Alert> {
  const [stored] = await engine.documents({ collection: 'alert', key: id, limit: 1 });
  if (stored === undefined) throw new VigieError('not_found', `cannot find alert ${JSON.stringify(id)}`);
  return stored.body as Alert;
}

const MAX_NOTIFICATIONS = 100;

/** Without what they say: that is the alert itself. */
async function notificationsOf(engine: DocumentEngine, alert: string): Promise<readonly Notification[]> {
  const asked = { prefix: `${alert}/`, limit: MAX_NOTIFICATIONS };
  const [waiting, finished] = await Promise.all([
    engine.documents({ collection: 'outgoing', ...asked }),
    engine.documents({ collection: 'notification', ...asked }),
  ]);
  return [...waiting, ...finished]
    .map(({ body }) => {
      const { content: _, ...notification } = body as Notification & { content?: Alert };
      return notification;
    })
    .sort((a, b) => b.created - a.created)
    .slice(0, MAX_NOTIFICATIONS);
}

const STATE_ORDER: readonly SilenceState[] = ['active', 'pending', 'expired'];

function silencesAnswer(all: readonly Silence[], clock: Clock): SilencesAnswer {
  const time = clock.now();
  const silences = all
    .map((silence) => ({ ...silence, state: silenceState(silence, time) }))
    .sort((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || b.starts - a.starts);
  return { time, silences };
}
