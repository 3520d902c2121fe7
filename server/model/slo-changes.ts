/** At most so many changes of an SLO are kept; older ones leave. */
export const MOST_CHANGES = 20;

/** A definition that decides other figures came into force under the id of an earlier one. */
export interface SloChange {
  readonly slo: string;
  /** When it was taken up, ms since the epoch. */
  readonly time: number;
  /** Never empty. */
  readonly what: readonly ChangedKey[];
}

/** A key of a definition, such as `objective` or `availability.bad`, with its values as a file writes them; absent where it was left out. */
export interface ChangedKey {
  readonly key: string;
  readonly from?: string;
  readonly to?: string;
}
