import { type NoticePlan, planNotices, type Told } from '../../rules/alerts/alert-notice.ts';
import { withEvents } from '../../rules/alerts/alert-record.ts';
import {
  type AlertStanding,
  type AlertStep,
  inactiveAlert,
  nextAlert,
  withdrawAlert,
} from '../../rules/alerts/alert-state.ts';
import { silencedBy } from '../../rules/alerts/silence.ts';
import { ALERT_TIERS, type Alert } from '../model/alerts.ts';
import { invariant } from '../model/errors.ts';
import type { SloStatus } from '../model/slo.ts';
import type { Ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';
import { NO_OUTBOX, type Outbox } from './outbox.ts';
import type { SilenceBook } from './silence-book.ts';
import type { UnsavedChanges } from './unsaved-changes.ts';

/** What is kept of one SLO's alert: how it stands, and who was told what. */
interface Entry {
  readonly standing: AlertStanding;
  readonly told: Told;
}

export interface AlertBookOptions {
  readonly engine: DocumentEngine;
  readonly changes: UnsavedChanges;
  readonly silences: SilenceBook;
  readonly outbox?: Outbox;
}

/**
 * The alerts in force. Each evaluation moves them on; what changes is saved with the messages it causes, in one transaction.
 * When that fails the alerts go on in memory, the messages go out, and the changes are saved with the next evaluation: a crash
 * before it may tell a receiver twice, but a full disk silences nobody.
 */
export class AlertBook {
  readonly #options: Required<AlertBookOptions>;
  readonly #entries: Map<string, Entry>;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: Required<AlertBookOptions>, entries: Map<string, Entry>) {
    this.#options = options;
    this.#entries = entries;
  }

  /** Reads how the alerts stood when the last process ended. */
  static async open({ outbox = NO_OUTBOX, ...options }: AlertBookOptions): Promise<AlertBook> {
    const stored = await documentsOf<Entry>(options.engine, 'alert_state');
    return new AlertBook({ ...options, outbox }, new Map(stored.map(({ key, body }) => [key, body])));
  }

  /** Firing and pending, worst first. */
  get current(): readonly Alert[] {
    return [...this.#entries.values()].flatMap(({ standing }) => standing.alert ?? []).sort(worstFirst);
  }

  /** Moves the alerts on by one evaluation: of all SLOs there are, at `now`. One at a time, in the order of the calls. */
  step(statuses: readonly SloStatus[], now: Ms): Promise<readonly Alert[]> {
    const turn = this.#turn.then(() => this.#step(statuses, now));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #step(statuses: readonly SloStatus[], now: Ms): Promise<readonly Alert[]> {
    const known = new Set(statuses.map(({ id }) => id));
    invariant(known.size === statuses.length, 'two SLOs with one id: their alert would fire and resolve in turns');
    const gone = [...this.#entries.values()].filter(({ standing }) => !known.has(standing.slo));
    const sends = [
      ...statuses.map((status) => this.#advance(status.id, (standing) => nextAlert(standing, status, now), now)),
      ...gone.map(({ standing: { slo } }) => this.#advance(slo, (standing) => withdrawAlert(standing, now), now)),
    ];
    await this.#options.changes.save();
    for (const send of sends) send();
    return this.current;
  }

  /** Returns what sends the messages, once their changes are saved. */
  #advance(slo: string, move: (standing: AlertStanding) => AlertStep, now: Ms): () => void {
    const before = this.#entries.get(slo) ?? { standing: inactiveAlert(slo), told: {} };
    const step = move(before.standing);
    const alert = step.alert === undefined ? undefined : this.#quiet(step.alert, now);
    const plan: NoticePlan =
      alert === undefined ? { told: {}, notices: [] } : planNotices(alert, before.told, this.#options.outbox.receivers);
    const standing = { ...step.standing, ...(step.standing.alert !== undefined && alert !== undefined && { alert }) };
    const entry: Entry = { standing, told: plan.told };
    if (step.standing.as_of === undefined) this.#entries.delete(slo);
    else this.#entries.set(slo, entry);
    if (alert !== undefined && alert !== before.standing.alert && alert.state !== 'pending') {
      this.#options.changes.add([{ op: 'put', collection: 'alert', key: alert.id, body: alert }]);
    }
    if (isWorthSaving(before, entry)) this.#saveEntry(slo, entry);
    if (alert === undefined || plan.notices.length === 0) return () => undefined;
    const mail = this.#options.outbox.prepare(alert, plan.notices, now);
    this.#options.changes.add(mail.changes);
    return mail.send;
  }

  /** With the silences that hold now; a resolved alert needs none. */
  #quiet(alert: Alert, now: Ms): Alert {
    if (alert.state === 'resolved') return alert;
    const ids = silencedBy(alert, this.#options.silences.all, now, compileMatcher);
    if (ids.join() === alert.silenced_by.join()) return alert;
    const kind = ids.length > 0 ? 'silenced' : 'unsilenced';
    const turned = ids.length > 0 !== alert.silenced_by.length > 0;
    return withEvents({ ...alert, silenced_by: ids }, turned ? [{ kind, time: now, tier: alert.tier }] : []);
  }

  #saveEntry(slo: string, entry: Entry): void {
    const over = entry.standing.alert === undefined;
    this.#options.changes.add([
      over
        ? { op: 'delete', collection: 'alert_state', key: slo }
        : { op: 'put', collection: 'alert_state', key: slo, body: entry },
    ]);
  }
}

/** Standing still is not worth a write every ten seconds. */
function isWorthSaving(before: Entry, after: Entry): boolean {
  if (before.standing.alert !== after.standing.alert) return true;
  const text = ({ told: said, standing }: Entry): string => JSON.stringify([said, standing.holding]);
  return text(before) !== text(after);
}

function worstFirst(a: Alert, b: Alert): number {
  return (
    Number(a.state === 'pending') - Number(b.state === 'pending') ||
    ALERT_TIERS.indexOf(a.tier) - ALERT_TIERS.indexOf(b.tier) ||
    b.since - a.since ||
    (a.slo < b.slo ? -1 : 1)
  );
}
