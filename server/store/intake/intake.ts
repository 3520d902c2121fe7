import { createHash } from 'node:crypto';
import { MAX_BATCH_BYTES } from '../../model/batch.ts';
import type { BatchAnswer, BatchEnvelope } from '../../model/ingest.ts';
import { encodeRecord } from '../journal/journal.ts';
import type { JournalLog } from '../journal/journal-log.ts';
import { CLIENT_LIMITS } from '../limits.ts';
import { LineIntake } from '../logs/line-intake.ts';
import type { LogChange, LogStore } from '../logs/log-store.ts';
import type { DataSources } from '../rrd/data-sources.ts';
import type { Series } from '../series/series-index.ts';
import type { SeriesTable } from '../series/series-table.ts';
import type { WebLogDraft } from '../web-log/web-log-draft.ts';
import type { WebLogStore } from '../web-log/web-log-store.ts';
import { type Clients, judgeBatch, type Origin, refusal, type SinkState } from './clients.ts';
import { Draft, type DraftInput } from './draft.ts';
import { type Origins, originKey } from './origins.ts';
import { type CountDrop, type DecodedPayload, type DropReason, decodePayload } from './payload.ts';
import { takeSamples } from './sample-intake.ts';
import type { SampleTarget, SampleVerdict, SampleWrite } from './sample-write.ts';
import { listedAgain } from './standing.ts';
import type { Tallies } from './tallies.ts';

export interface IngestBatch {
  readonly envelope: BatchEnvelope;
  readonly payload: Uint8Array;
}

interface FoundTarget {
  readonly target: SampleTarget;
  readonly series: Series;
}

interface DecodedPart {
  readonly content: DecodedPayload | undefined;
  /** Counted when the part is applied. */
  readonly drops: ReadonlyMap<DropReason, number>;
}

export interface IntakeParts {
  readonly clients: Clients;
  readonly tallies: Tallies;
  readonly journal: JournalLog;
  readonly seriesTable: SeriesTable;
  readonly logs: LogStore;
  readonly webLog: WebLogStore;
  readonly dataSources: DataSources;
  /** The origins before this commit. */
  readonly origins: Origins;
}

/**
 * The batches of one commit: answers them, gathers what they change, and writes it. `take` and `write` run inside the commit's
 * transaction; `keep` follows when it is on disk, `undo` when it failed.
 */
export class Intake {
  readonly draft: Draft;
  readonly #parts: IntakeParts;
  readonly #origins = new Map<string, Origin>();
  readonly #counts = new Map<string, number>();
  readonly #lines: LineIntake;
  readonly #hits: WebLogDraft;
  readonly #input: DraftInput;
  readonly #targets: FoundTarget[] = [];
  #logChange: LogChange | undefined;

  constructor(parts: IntakeParts, input: DraftInput) {
    this.#parts = parts;
    this.draft = new Draft(input);
    this.#lines = new LineIntake(input.now);
    this.#hits = parts.webLog.draft();
    this.#input = input;
  }

  take({ envelope, payload }: IngestBatch): BatchAnswer {
    const { clients } = this.#parts;
    const sink = clients.sink(envelope);
    const torn = payload.length > MAX_BATCH_BYTES || sha256(payload) !== envelope.digest;
    const verdict = torn ? 'torn' : judgeBatch(envelope, sink);
    if (verdict === 'duplicate') return { result: 'duplicate' };
    if (verdict !== 'apply' || sink === undefined) {
      const reason = verdict === 'apply' ? 'unknown_epoch' : verdict;
      this.#count(`drop/${reason}`);
      return { result: 'refused', reason, message: refusal(reason, envelope, sink) };
    }
    clients.moveSink(sink.id, envelope);
    this.#count('applied/batches');
    this.#takePart(payload, envelope, sink);
    return { result: 'applied' };
  }

  /** Samples of a sender that numbers nothing: what comes twice is known by its timestamps. */
  takeSamples(write: SampleWrite): SampleVerdict {
    const { index, now } = this.#input;
    const verdict = takeSamples(write, {
      draft: this.draft,
      index,
      now,
      originOf: (source) => this.#origin(write.collector, source),
      keepOrigin: (origin) => this.#origins.set(originKey(origin.collector, origin.source), origin),
      found: (target, series) => this.#targets.push({ target, series }),
    });
    for (const [reason, count] of write.unusable) this.#count(`drop/${reason}`, count);
    for (const { reason, count } of verdict.refusals) this.#count(`drop/${reason}`, count);
    return verdict;
  }

  /** Writes what was decided; returns the bytes of its journal row, 0 when there is nothing to replay. */
  write(lsn: number): number {
    const { clients, tallies, journal, seriesTable, logs, webLog, dataSources } = this.#parts;
    const { newSeries, links, sums, samples, updated } = this.draft;
    for (const series of newSeries) seriesTable.add(series);
    for (const origin of this.#origins.values()) clients.saveOrigin(origin);
    for (const { series, origin } of links) seriesTable.link(series, origin);
    dataSources.save(updated);
    if (sums.length > 0) this.#count('applied/increments', sums.length);
    if (samples.length > 0) this.#count('applied/samples', samples.length);
    if (this.#hits.requests > 0) this.#count('applied/hits', this.#hits.requests);
    tallies.save(this.#counts);
    if (this.#lines.lines > 0) this.#logChange = logs.write(this.#lines);
    webLog.write(this.#hits);
    if (sums.length + samples.length === 0) return 0;
    const body = encodeRecord(this.draft);
    journal.append(lsn, body);
    return body.length;
  }

  keep(): void {
    const { origins, tallies, logs, webLog, dataSources } = this.#parts;
    for (const origin of this.#origins.values()) origins.keep(origin);
    for (const { series, origin } of this.draft.links) this.#input.index.link(series, origin);
    for (const { target, series } of this.#targets) {
      target.series = series;
      target.identity = series;
    }
    dataSources.saved(this.draft.updated);
    tallies.saved(this.#counts);
    if (this.#logChange !== undefined) logs.keep(this.#logChange);
    webLog.keep(this.#hits, this.#input.now);
  }

  undo(): void {
    this.draft.undo();
    this.#hits.undo();
    this.#parts.clients.positions.undo();
  }

  #count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** Holds a part that others follow; the last one, or one that finds no room, is applied with those before it. */
  #takePart(payload: Uint8Array, { collector, sequence }: BatchEnvelope, sink: SinkState): void {
    const { held } = this.#parts.clients;
    const part = decodedPart(payload);
    const isHeld = part.content?.more === true && held.hold(sink.id, sequence, payload);
    if (isHeld) return;
    if (part.content?.more === true) this.#count('drop/held_limit');
    for (const earlier of held.release(sink.id)) this.#apply(decodedPart(earlier), collector, sink);
    this.#apply(part, collector, sink);
  }

  #apply({ content: decoded, drops }: DecodedPart, collector: string, sink: SinkState): void {
    const drop: CountDrop = (reason, by) => this.#count(`drop/${reason}`, by);
    for (const [reason, count] of drops) drop(reason, count);
    if (decoded === undefined) return;
    const refused = this.#parts.clients.positions.merge(sink.id, decoded.positions);
    if (refused > 0) drop('position_limit', refused);
    const origin = this.#origin(collector, decoded.source);
    if (origin === undefined) {
      drop('origin_limit');
      return;
    }
    this.#origins.set(originKey(collector, decoded.source), this.draft.add(decoded, origin, drop));
    for (const lines of decoded.lines) this.#lines.add(lines, collector, decoded.source, drop);
    this.#hits.add(decoded.hits, this.#input.now, drop);
  }

  #origin(collector: string, source: string): Origin | undefined {
    const { origins } = this.#parts;
    const key = originKey(collector, source);
    const known = this.#origins.get(key) ?? origins.find(key);
    if (known !== undefined) return known.forgotten === true ? listedAgain(known) : known;
    const id = origins.freeId(this.#origins.values());
    return id >= CLIENT_LIMITS.origins ? undefined : { id, collector, source, highWater: Number.NEGATIVE_INFINITY };
  }
}

function decodedPart(payload: Uint8Array): DecodedPart {
  const drops = new Map<DropReason, number>();
  const content = decodePayload(payload, (reason, by = 1) => drops.set(reason, (drops.get(reason) ?? 0) + by));
  return { content, drops };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
