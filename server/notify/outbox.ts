import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../rules/alerts/alert-notice.ts';
import { documentsOf } from '../evaluation/document-pages.ts';
import type { Outbox, PreparedMail, ReportPost } from '../evaluation/outbox.ts';
import type { UnsavedChanges } from '../evaluation/unsaved-changes.ts';
import type { Alert, Notification, ReceiverStatus } from '../model/alerts.ts';
import type { Clock } from '../model/clock.ts';
import type { DocumentChange } from '../model/documents.ts';
import type { Engine } from '../model/engine.ts';
import type { ReportMail } from '../model/report-mail.ts';
import type { RuleAlertStatus } from '../model/rule-alerts.ts';
import { DAY, type Ms, ms, SECOND } from '../model/units.ts';
import type { Log } from '../runtime/log.ts';
import { Desk } from './desk.ts';
import type { Outcome, OutgoingMessage, Receiver, ReportMessage } from './receiver.ts';

export interface OutboxOptions {
  readonly receivers: readonly Receiver[];
  readonly engine: Pick<Engine, 'documents' | 'changeDocuments'>;
  readonly changes: UnsavedChanges;
  readonly clock: Clock;
  readonly log: Log;
  /** In [0, 1): spreads attempts. */
  readonly random: () => number;
  /** The wait after the first failure. */
  readonly firstWait?: Ms;
}

export interface RunningOutbox extends Outbox, ReportPost {
  /** Delivers what the last process left, and from now on what comes. */
  start(): void;
  /** Resolves when no attempt is under way; those that take longer than five seconds are cut off and made again by the next process. */
  stop(): Promise<void>;
}

/** A message older than this helps nobody; it is given up, counted and shown. */
const MAX_AGE = DAY;
const FIRST_WAIT = ms(5 * SECOND);
const LONGEST_WAIT = ms(300 * SECOND);
const STOP_PATIENCE_MS = 5000;

/** The messages of one alert to one receiver: delivered in order, one at a time. */
interface Lane {
  readonly desk: Desk;
  readonly queue: OutgoingMessage[];
  running: boolean;
}

/**
 * The journal of messages at work.
 *
 *     alert changes --> prepare: the message is in the journal, in the transaction of the change
 *                          |
 *                 lane of (receiver, alert): attempt -- delivered, refused, too old --> notification (history)
 *                          ^                    |
 *                          +---- wait, doubled -+ could not be reached, 5xx
 *
 * It leaves the journal only after its attempt, so a crash in between delivers it twice, never not at all. A message that waits
 * is replaced by a newer one of its lane: an alert that is over before anybody could be told is told once, as over, with both times.
 */
export async function openOutbox(options: OutboxOptions): Promise<RunningOutbox> {
  const outbox = new JournalOutbox(options);
  await outbox.load();
  return outbox;
}

class JournalOutbox implements RunningOutbox {
  readonly receivers: readonly Receiver[];
  readonly #options: OutboxOptions;
  readonly #desks: ReadonlyMap<string, Desk>;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  /** No new attempts; waits end. */
  readonly #stopping = new AbortController();
  /** Attempts end, too. */
  readonly #cut = new AbortController();
  #started = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.receivers = options.receivers;
    this.#desks = new Map(options.receivers.map((receiver) => [receiver.name, new Desk(receiver)]));
    options.changes.onDropped(({ collection, key }) => {
      if (collection === 'outgoing') this.#forget(key);
    });
  }

  /** Takes up what the last process left. Receivers that are gone from the configuration get nothing any more. */
  async load(): Promise<void> {
    const stored = await documentsOf<OutgoingMessage>(this.#options.engine, 'outgoing');
    for (const { body } of stored.toReversed()) {
      if (!this.#enqueue(body)) this.#finish(body, 'dropped', `there is no receiver ${body.receiver} any more`);
    }
    await this.#options.changes.save();
  }

  prepare(alert: Alert | RuleAlertStatus, notices: readonly Notice[], now: Ms): PreparedMail {
    return this.#prepared(notices.map((notice) => this.#messageOf(alert, notice, now)));
  }

  post(receiver: string, report: ReportMail, now: Ms, to?: readonly string[]): PreparedMail {
    const message: ReportMessage = {
      ...{ id: `${report.id}/${receiver}/${now}`, receiver, integration: 'email', alert: report.id, tier: 'ticket' },
      ...{ kind: 'report', created: now, state: 'waiting', attempts: 0, content: report },
      ...(to !== undefined && { remaining: to }),
    };
    return this.#prepared([message]);
  }

  #prepared(messages: readonly OutgoingMessage[]): PreparedMail {
    const superseded = messages.flatMap((message) => this.#supersede(message));
    const away = superseded.map(({ id }): DocumentChange => ({ op: 'delete', collection: 'outgoing', key: id }));
    const changes = messages.map((message): DocumentChange => {
      return { op: 'put', collection: 'outgoing', key: message.id, body: message };
    });
    const send = (): void => {
      for (const message of messages) this.#enqueue(message);
      if (this.#started) this.#runAll();
    };
    return { changes: [...away, ...changes], send };
  }

  start(): void {
    this.#started = true;
    this.#runAll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const cut = setTimeout(() => this.#cut.abort(), STOP_PATIENCE_MS);
    await Promise.all(this.#running);
    clearTimeout(cut);
  }

  status(): readonly ReceiverStatus[] {
    return [...this.#desks.values()].map((desk) => {
      const lanes = [...this.#lanes.values()].filter((lane) => lane.desk === desk);
      return desk.status(lanes.reduce((sum, lane) => sum + lane.queue.length, 0));
    });
  }

  #messageOf(alert: Alert | RuleAlertStatus, { receiver, kind, tier }: Notice, now: Ms): OutgoingMessage {
    const integration = this.#desks.get(receiver)?.integration ?? 'webhook';
    const id = `${alert.id}/${receiver}/${kind}-${tier}-${now}`;
    return {
      ...{ id, receiver, integration, alert: alert.id, ...('slo' in alert && { slo: alert.slo }), kind, tier },
      created: now,
      ...{ state: 'waiting', attempts: 0, content: alert },
    };
  }

  /** Takes the waiting messages of the same lane out; one that is being sent just now stays until its attempt has ended. */
  #supersede(message: OutgoingMessage): readonly OutgoingMessage[] {
    const lane = this.#lanes.get(laneKey(message));
    return lane === undefined ? [] : lane.queue.splice(0);
  }

  #enqueue(message: OutgoingMessage): boolean {
    const desk = this.#desks.get(message.receiver);
    if (desk === undefined) return false;
    const key = laneKey(message);
    const lane = this.#lanes.get(key) ?? { desk, queue: [], running: false };
    lane.queue.push(message);
    this.#lanes.set(key, lane);
    return true;
  }

  #runAll(): void {
    for (const [key, lane] of this.#lanes) {
      if (lane.running || this.#stopping.signal.aborted) continue;
      lane.running = true;
      const run = this.#run(lane).finally(() => {
        this.#running.delete(run);
        lane.running = false;
        if (lane.queue.length === 0) this.#lanes.delete(key);
        else this.#runAll();
      });
      this.#running.add(run);
    }
  }

  async #run(lane: Lane): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const [message] = lane.queue;
      if (message === undefined) return;
      const wait = await this.#attempt(lane, message);
      if (wait > 0) await sleep(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  /** Returns how long to wait before the next attempt of the lane. */
  async #attempt(lane: Lane, message: OutgoingMessage): Promise<number> {
    const { clock, changes } = this.#options;
    if (clock.now() - message.created > MAX_AGE) {
      this.#leave(lane, message, 'expired', message.error ?? 'it waited for a day');
      await changes.save();
      return 0;
    }
    const outcome = await lane.desk.deliver(message, this.#cut.signal);
    if (outcome.result !== 'retry') {
      this.#leave(lane, message, outcome.result, outcome.result === 'failed' ? outcome.error : outcome.note);
      await changes.save();
      return 0;
    }
    if (this.#cut.signal.aborted) return 0;
    this.#noteRetry(lane, message, outcome);
    await changes.save();
    return this.#waitAfter(message.attempts + 1);
  }

  /** A message that was superseded meanwhile is not tried again. */
  #noteRetry(lane: Lane, message: OutgoingMessage, { error, remaining }: Extract<Outcome, { result: 'retry' }>): void {
    const { log, changes } = this.#options;
    const { id, receiver } = message;
    lane.desk.noteError(error);
    log.warn('Cannot deliver a notification; trying again.', { receiver, id, error, attempts: message.attempts + 1 });
    if (lane.queue[0] !== message) return;
    const next = { ...message, attempts: message.attempts + 1, error, ...(remaining !== undefined && { remaining }) };
    lane.queue[0] = next;
    changes.add([{ op: 'put', collection: 'outgoing', key: id, body: next }]);
  }

  #leave(lane: Lane, message: OutgoingMessage, state: 'delivered' | 'failed' | 'expired', error?: string): void {
    const attempts = state === 'expired' ? message.attempts : message.attempts + 1;
    if (lane.queue[0] === message) lane.queue.shift();
    this.#finish({ ...message, attempts }, state, error);
  }

  #finish(message: OutgoingMessage, state: Exclude<Notification['state'], 'waiting'>, error?: string): void {
    const { clock, changes, log } = this.#options;
    const { content: _, remaining: __, error: ___, ...kept } = message;
    const notification: Notification = { ...kept, state, finished: clock.now(), ...(error !== undefined && { error }) };
    const { id, receiver } = notification;
    changes.add([
      { op: 'delete', collection: 'outgoing', key: id },
      { op: 'put', collection: 'notification', key: id, body: notification },
    ]);
    this.#desks.get(receiver)?.count(state, error);
    if (state === 'delivered') log.info('Notification delivered.', { receiver, id });
    else log.error('A notification is given up.', { receiver, id, state, error });
  }

  /** The journal was full and let this message go: so does memory, which is bounded by it. */
  #forget(id: string): void {
    for (const lane of this.#lanes.values()) {
      const at = lane.queue.findIndex((message) => message.id === id);
      const [message] = at < 0 ? [] : lane.queue.splice(at, 1);
      if (message !== undefined) this.#finish(message, 'dropped', 'the journal is full of newer messages');
    }
  }

  #waitAfter(attempts: number): number {
    const { firstWait = FIRST_WAIT, random } = this.#options;
    const full = Math.min(LONGEST_WAIT, firstWait * 2 ** (attempts - 1));
    return full / 2 + (full / 2) * random();
  }
}

function laneKey({ receiver, alert }: OutgoingMessage): string {
  return `${receiver}/${alert}`;
}
