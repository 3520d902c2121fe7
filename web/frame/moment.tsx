import { knownMoment } from '../format/known-moment.ts';
import { useSpeech } from '../words/speech.ts';

interface MomentProps {
  /** Ms since the epoch; absent or 0 before the first. */
  readonly time: number | undefined;
}

/** A moment, or that it never came. */
export function Moment({ time }: MomentProps) {
  const { t, times } = useSpeech();
  const known = knownMoment(time);
  return <>{known === undefined ? t('moment_never') : times.moment(known)}</>;
}

interface AgeProps {
  readonly of: number | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

/** How long ago a moment was; what never came has no age. */
export function Age({ of, now }: AgeProps) {
  const { times } = useSpeech();
  const known = knownMoment(of);
  return <>{known === undefined ? '–' : times.age((now - known) / 1000)}</>;
}
