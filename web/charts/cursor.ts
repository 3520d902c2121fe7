/** The step that holds a moment: the first whose end is not before it; the last one for moments after all. -1 when empty. */
export function stepAt(time: readonly number[], moment: number): number {
  const found = time.findIndex((end) => end >= moment);
  return found === -1 ? time.length - 1 : found;
}

/** Where an arrow key moves the cursor; undefined for other keys. From nowhere it starts at the newest step. */
export function moveCursor(key: string, cursor: number | undefined, steps: number): number | undefined {
  const last = steps - 1;
  const from = cursor ?? last;
  const target = { ArrowLeft: cursor === undefined ? last : from - 1, ArrowRight: from + 1, Home: 0, End: last }[key];
  return target === undefined || steps === 0 ? undefined : Math.min(last, Math.max(0, target));
}
