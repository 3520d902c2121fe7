import type { ExclusionsInForce } from '../../rules/exclusions/exclusions-in-force.ts';
import type { SloDefinition } from '../../rules/slo-definition.ts';
import type { Alert } from '../model/alerts.ts';
import type { BacktestAnswer } from '../model/backtest.ts';
import type { SelectorFacts } from '../model/engine.ts';
import type { Release, ReleaseComparison } from '../model/releases.ts';
import type { GateAnswer, SloDetail, SloGroups, SloHistory, SloReload, SloStatus } from '../model/slo.ts';
import type { RefusedSloFiles } from '../model/status.ts';
import type { Ms } from '../model/units.ts';
import type { SloCounting } from './slo-counts.ts';

/** One computation of everything people act on. Tile, graph, gate, API and `/metrics` all read the same one. */
export interface Evaluation {
  readonly time: Ms;
  /** How long after `time` it was done. */
  readonly took?: Ms;
  readonly slos: readonly SloStatus[];
  /** Of the definitions that are several. */
  readonly groups?: readonly SloGroups[];
  /** Firing and pending, worst first. */
  readonly alerts: readonly Alert[];
  readonly gate: GateAnswer;
}

/** The rules at work: definitions, their latest evaluation, and who wants to hear of it. */
export interface SloService {
  /** The latest evaluation, made anew when it is older than a second. */
  current(): Promise<Evaluation>;
  /** Rejects with `not_found` when there is no such SLO. */
  detail(id: string, range: { readonly start?: Ms; readonly end?: Ms }): Promise<SloDetail>;
  /** The figures of now, under other exclusions; no alert moves by them. */
  statusesWith(exclusions: ExclusionsInForce): Promise<readonly SloStatus[]>;
  /** The last days of every SLO, at most five minutes old. */
  history(): Promise<SloHistory>;
  /** The definitions in force, and how they are counted: for figures over other windows than their own. */
  counted(): { readonly definitions: readonly SloDefinition[]; readonly counts: SloCounting };
  /**
   * The answer for these SLOs, those of these definitions and those of these services, or for all; `not_found` names the unknown ones and
   * what there is.
   */
  gate(ids: readonly string[], services?: readonly string[]): Promise<GateAnswer>;
  /** What each SLO of its service says of it. */
  compareRelease(release: Release): Promise<ReleaseComparison['slos']>;
  /** What the store has of selectors. Rejects with `bad_request`, and `bad_query` for what is no selector. */
  selectorFacts(request: unknown): Promise<{
    readonly facts: readonly Pick<SelectorFacts, 'series' | 'oldest' | 'newest'>[];
  }>;
  /** Takes a BacktestRequest; rejects as `backtest` does. */
  backtest(request: unknown): Promise<BacktestAnswer>;
  /** Writes a proposed SLO to the folder of definitions; returns the path of the new file. */
  keep(id: string): Promise<string>;
  /**
   * Takes up the SLO files as they are now. Rejects with `bad_config` and every problem when one is broken: those in force stay, and
   * `refusedFiles` says so until a later one is taken up.
   */
  reload(): Promise<SloReload>;
  refusedFiles(): RefusedSloFiles | undefined;
  /** Evaluates now and tells those who listen: something that people see at once has changed. */
  refresh(): Promise<void>;
  /** Called after each evaluation of the loop. Returns how to stop. */
  onEvaluation(listener: (evaluation: Evaluation) => void): () => void;
}
