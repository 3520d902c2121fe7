/**
 * A person lets a service through whatever its gate says, for a while and for a reason. It is never edited: it ends by itself or is
 * ended, and stays in the audit with both names. Times are ms since the epoch.
 */
export interface GateOverride {
  readonly id: string;
  readonly service: string;
  readonly reason: string;
  /** Who says so; the word of whoever asked. */
  readonly by: string;
  readonly created: number;
  readonly ends: number;
  /** When it was ended before its time, and by whom. */
  readonly ended?: { readonly time: number; readonly by: string };
}

export type OverrideState = 'active' | 'ended' | 'expired';

/** The body of `POST /api/vigie/gate/overrides`. */
export interface OverrideRequest {
  readonly service: string;
  readonly reason: string;
  readonly by: string;
  /** From now, such as `2h`. */
  readonly duration: string;
}

/** `GET /api/vigie/gate/overrides`: the audit, newest first. */
export interface OverridesAnswer {
  readonly time: number;
  readonly overrides: readonly (GateOverride & { readonly state: OverrideState })[];
}
