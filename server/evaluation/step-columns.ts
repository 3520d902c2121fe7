import type { BucketRequest, Buckets, Engine } from '../model/engine.ts';
import { alignDown } from '../model/rings.ts';
import { ms } from '../model/units.ts';

/** The engine answers at most 11,000 steps of one request. */
const STEPS_AT_ONCE = 10_000;

/** Σ per step of any number of steps: the answers to all requests, in their order. */
export async function stepColumns(
  engine: Pick<Engine, 'buckets'>,
  requests: readonly BucketRequest[],
): Promise<readonly Buckets[]> {
  const parts = requests.map(partsOf);
  const answers = await engine.buckets(parts.flat());
  let next = 0;
  return requests.map(({ start, step }, i) => {
    const first = next;
    next += parts[i]?.length ?? 0;
    const sums = answers.slice(first, next).flatMap((answer) => answer.sums);
    return { firstEnd: ms(alignDown(start, step) + step), step, sums };
  });
}

function partsOf(request: BucketRequest): readonly BucketRequest[] {
  const { step, end } = request;
  const parts: BucketRequest[] = [];
  for (let start: number = alignDown(request.start, step); start < end; start += STEPS_AT_ONCE * step) {
    parts.push({ ...request, start: ms(start), end: ms(Math.min(end, start + STEPS_AT_ONCE * step)) });
  }
  return parts;
}
