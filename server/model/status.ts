import type { DemoStory } from './demo.ts';
import type { EngineStats, OriginStatus } from './engine.ts';

/** One queue between a collector and a sink. */
export interface QueueStatus {
  readonly sink: string;
  readonly batches: number;
  readonly bytes: number;
  readonly max_bytes: number;
  /** `blocked`: sources wait, because it is full, or because the disk takes no more (`note`). `offline`: the server does not answer. */
  readonly state: 'sending' | 'idle' | 'blocked' | 'offline';
  readonly note?: string;
}

/** A component of the pipeline that runs in this process. */
export interface ComponentStatus {
  readonly id: string;
  readonly kind: 'source' | 'transform' | 'sink';
  readonly type: string;
  readonly received_events: number;
  readonly sent_events: number;
  readonly errors: number;
  /** Discarded events by reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** Why a source waits whose batch could not be committed. */
  readonly note?: string;
  readonly files?: readonly FileStatus[];
}

export interface FileStatus {
  readonly path: string;
  readonly format?: string;
  readonly size_bytes: number;
  readonly read_bytes: number;
  readonly state: 'reading' | 'complete' | 'missing' | 'unreadable' | 'unparseable';
  readonly note?: string;
}

/** SLO files that were to be read anew and could not: those read before are in force. */
export interface RefusedSloFiles {
  readonly time: number;
  /** `file:line:col: what, and what would be right`. */
  readonly problems: readonly string[];
}

/** How the rules keep up. */
export interface EvaluationStatus {
  readonly slos: number;
  /** Values above the bound of a definition with groups, of which nobody judges the SLO. */
  readonly groups_left_out?: number;
  /** Groups of Prometheus rule files, and the rules in them. */
  readonly rule_groups: number;
  readonly rules: number;
  /** How long after its moment the latest evaluation was done; of the rule groups the slowest. */
  readonly slo_lag_secs?: number;
  readonly rule_lag_secs?: number;
  /** Of rule groups, since the process started. */
  readonly missed: number;
  readonly failures: number;
  /** Rules whose latest evaluation failed, the first twenty. */
  readonly failing: readonly { readonly group: string; readonly rule: string; readonly error: string }[];
}

/** `GET /api/vigie/status`. */
export interface SystemStatus {
  readonly version: string;
  readonly time: number;
  readonly started: number;
  readonly data_dir: string;
  readonly config: string;
  readonly origins: readonly OriginStatus[];
  readonly components: readonly ComponentStatus[];
  readonly queues: readonly QueueStatus[];
  readonly store: EngineStats;
  readonly refused_slo_files?: RefusedSloFiles;
  /** The same of Prometheus rule files. */
  readonly refused_rule_files?: RefusedSloFiles;
  readonly evaluation?: EvaluationStatus;
  /** Of `vigie demo`: what its guided tour points at. */
  readonly demo?: DemoStory;
}

/** The body of every error our own JSON API answers with. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

/** Topics of `GET /api/vigie/stream`; the data of each event is the JSON named here. */
export interface StreamEvents {
  /** All SLO statuses, the alerts that fire or may, worst first, and the gate's answer, at each evaluation. */
  readonly slos: {
    readonly slos: readonly import('./slo.ts').SloStatus[];
    /** Of the definitions that are several SLOs. */
    readonly groups?: readonly import('./slo.ts').SloGroups[];
    readonly alerts: readonly import('./alerts.ts').Alert[];
    readonly gate: import('./slo.ts').GateAnswer;
  };
}
