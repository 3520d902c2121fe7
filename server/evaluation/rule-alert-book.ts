import { planNotices, type Told } from '../../rules/alerts/alert-notice.ts';
import { labelsSilencedBy } from '../../rules/alerts/silence.ts';
import type { RuleAlert, RuleAlerts } from '../../rules/prometheus/alerting-rule.ts';
import { labelsKey } from '../../rules/prometheus/labelled-value.ts';
import { type RulePlace, ruleAlertStatus } from '../../rules/prometheus/rule-alert-status.ts';
import { DOCUMENT_LIMITS } from '../model/documents.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import { type Ms, ms } from '../model/units.ts';
import { compileMatcher } from '../promql/matcher.ts';
import { digestOf } from '../runtime/digest.ts';
import { type DocumentEngine, documentsOf } from './document-pages.ts';
import type { Outbox } from './outbox.ts';
import type { SilenceBook } from './silence-book.ts';
import type { UnsavedChanges } from './unsaved-changes.ts';

/** A rule that has alerts. The id is the same in every process. */
export interface AlertingPlace extends RulePlace {
  readonly id: string;
}

/** What is kept of an alert: how it stands, and who was told what. */
interface Entry {
  readonly place: AlertingPlace;
  readonly alert: RuleAlert;
  readonly told: Told;
}

export interface RuleAlertBookOptions {
  readonly engine: DocumentEngine;
  readonly changes: UnsavedChanges;
  readonly silences: Pick<SilenceBook, 'all'>;
  readonly outbox: Outbox;
}

/**
 * The alerts of alerting rules, and who was told of them. An evaluation hands over all alerts of a rule; what changes is saved together
 * with the messages it causes. Whoever was told that an alert fires is told when it does not any more: because it is over, because its
 * rule is gone, because there were more than the limit, and after a restart too.
 */
export class RuleAlertBook {
  readonly #options: RuleAlertBookOptions;
  /** By rule, then by alert. */
  readonly #entries: Map<string, Map<string, Entry>>;
  /** What is on disk, or on its way there, without what changes at every evaluation. */
  readonly #saved: Map<string, string>;
  #sends: (() => void)[] = [];

  private constructor(options: RuleAlertBookOptions, entries: readonly (readonly [string, Entry])[]) {
    this.#options = options;
    this.#entries = new Map();
    this.#saved = new Map(entries.map(([id, entry]) => [id, lasting(entry)]));
    for (const [id, entry] of entries) this.#of(entry.place.id).set(id, entry);
  }

  /** Reads how the alerts stood when the last process ended. */
  static async open(options: RuleAlertBookOptions): Promise<RuleAlertBook> {
    const stored = await documentsOf<Entry>(options.engine, 'rule_alert');
    const entries = stored.map(({ key, body }) => [key, withNumber(body)] as const);
    return new RuleAlertBook(options, entries);
  }

  /** Of this rule, pending or firing, as the last evaluation left them. */
  alertsOf(rule: string): readonly RuleAlert[] {
    return [...(this.#entries.get(rule)?.values() ?? [])].map(({ alert }) => alert);
  }

  /** All alerts of a rule after an evaluation; those that were and are not among them are over. */
  move(place: AlertingPlace, alerts: RuleAlerts, now: Ms): void {
    const entries = this.#of(place.id);
    const there = new Map([...alerts.values()].map((alert) => [alertId(place, alert), alert]));
    for (const [id, entry] of entries)
      if (!there.has(id)) this.#step(id, { ...entry, alert: ended(entry.alert, now) }, now);
    for (const [id, alert] of there) this.#step(id, { place, alert, told: entries.get(id)?.told ?? {} }, now);
    for (const id of [...entries.keys()]) if (!there.has(id)) entries.delete(id);
    if (entries.size === 0) this.#entries.delete(place.id);
  }

  /** Ends the alerts of all rules but these. */
  keepOnly(rules: ReadonlySet<string>, now: Ms): void {
    for (const [rule, entries] of this.#entries) {
      const [place] = [...entries.values()].map((entry) => entry.place);
      if (place !== undefined && !rules.has(rule)) this.move(place, new Map(), now);
    }
  }

  /** Saves what changed, then lets the messages go. */
  async save(): Promise<void> {
    const sends = this.#sends;
    this.#sends = [];
    await this.#options.changes.save();
    for (const send of sends) send();
  }

  /** Worst first; those that are over last. */
  current(now: Ms): readonly RuleAlertStatus[] {
    const entries = [...this.#entries.values()].flatMap((ofRule) => [...ofRule]);
    return entries.map(([id, entry]) => this.#statusOf(id, entry, now)).sort(worstFirst);
  }

  #of(rule: string): Map<string, Entry> {
    const entries = this.#entries.get(rule) ?? new Map<string, Entry>();
    this.#entries.set(rule, entries);
    return entries;
  }

  #step(id: string, entry: Entry, now: Ms): void {
    const { outbox, changes } = this.#options;
    const status = this.#statusOf(id, entry, now);
    const { told, notices } = planNotices(status, entry.told, outbox.receivers);
    const next = { ...entry, told };
    this.#of(entry.place.id).set(id, next);
    this.#keep(id, next);
    if (notices.length === 0) return;
    const mail = outbox.prepare(status, notices, now);
    changes.add(mail.changes);
    this.#sends.push(mail.send);
  }

  /** What stands as it stood is not worth a write at every evaluation. */
  #keep(id: string, entry: Entry): void {
    const body = entry.alert.state === 'inactive' ? undefined : fitting(entry);
    const text = body && lasting(body);
    if (text === this.#saved.get(id)) return;
    if (text === undefined) {
      this.#saved.delete(id);
      this.#options.changes.add([{ op: 'delete', collection: 'rule_alert', key: id }]);
    } else {
      this.#saved.set(id, text);
      this.#options.changes.add([{ op: 'put', collection: 'rule_alert', key: id, body }]);
    }
  }

  #statusOf(id: string, { place, alert }: Entry, now: Ms): RuleAlertStatus {
    const { rule, group, file } = place;
    const silenced_by = labelsSilencedBy(alert.labels, this.#options.silences.all, now, compileMatcher);
    return { ...ruleAlertStatus(id, { rule, group, file }, alert), silenced_by };
  }
}

/** The rule is part of it: two rules may make the same labels. */
function alertId(place: AlertingPlace, { labels }: RuleAlert): string {
  return `rule-${digestOf(Buffer.from(`${place.id}\n${labelsKey(labels)}`)).slice(0, 32)}`;
}

function ended(alert: RuleAlert, now: Ms): RuleAlert {
  return alert.state === 'inactive' ? alert : { ...alert, state: 'inactive', resolved_at: now };
}

function lasting({ place, alert: { value: _, annotations: __, ...alert }, told }: Entry): string {
  return JSON.stringify([place, alert, told]);
}

/** A body too long would keep all others from the disk: it goes without its annotations, or is known to this process only. */
function fitting(entry: Entry): Entry | undefined {
  const short = { ...entry, alert: { ...entry.alert, annotations: {} } };
  return [entry, short].find((one) => Buffer.byteLength(JSON.stringify(one)) <= DOCUMENT_LIMITS.body_bytes);
}

/** JSON knows neither NaN nor infinity. */
function withNumber(entry: Entry): Entry {
  const value: number | null = entry.alert.value;
  return { ...entry, alert: { ...entry.alert, value: value ?? Number.NaN, active_at: ms(entry.alert.active_at) } };
}

const ORDER: readonly RuleAlertStatus['state'][] = ['firing', 'pending', 'resolved'];

function worstFirst(a: RuleAlertStatus, b: RuleAlertStatus): number {
  return (
    ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
    Number(a.tier === 'ticket') - Number(b.tier === 'ticket') ||
    b.since - a.since ||
    (a.id < b.id ? -1 : 1)
  );
}
