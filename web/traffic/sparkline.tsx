import type { TrafficInterface } from '../../server/model/traffic.ts';
import type { RateUnit } from '../../server/model/words/number-formats.ts';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import { sparkPath } from './spark-path.ts';
import { trafficWords } from './words.ts';

const WIDTH = 240;
const HEIGHT = 40;

/** A day of an interface: In as an area, Out as a line, on one scale; what it says in numbers is its name. */
export function Sparkline({ of, unit }: { readonly of: TrafficInterface; readonly unit: RateUnit }) {
  const { numbers } = useSpeech();
  const w = usePageWords(trafficWords);
  const top = (values: readonly (number | null)[]): number => Math.max(0, ...values.map((value) => value ?? 0));
  const [received, sent] = [top(of.in.mean), top(of.out.mean)];
  const scale = { width: WIDTH, height: HEIGHT, top: Math.max(received, sent) };
  const name = w('spark', { in: numbers.rate(received, unit), out: numbers.rate(sent, unit) });
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={name}>
      <path class="spark-in" d={sparkPath(of.in.mean, scale, 'area')} />
      <path class="spark-out" d={sparkPath(of.out.mean, scale, 'line')} />
    </svg>
  );
}
