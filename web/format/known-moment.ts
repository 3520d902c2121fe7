/** How far something is complete, ms since the epoch; undefined while it never was: an empty store tells that as 0. */
export function knownMoment(time: number | undefined): number | undefined {
  return time !== undefined && time > 0 ? time : undefined;
}
