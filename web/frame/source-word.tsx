import type { SourceState } from '../../server/model/batch.ts';
import { isSilent } from '../../server/model/source-silence.ts';
import { sourceStateWord } from '../words/source-state.ts';
import { useSpeech } from '../words/speech.ts';

interface SourceWordProps {
  readonly state: SourceState | undefined;
  readonly retired: number | undefined;
  readonly completeTo: number | undefined;
  /** The server's time, ms. */
  readonly now: number;
}

/** How a source is; one that the header counts as silent or broken stands out here. */
export function SourceWord({ state, retired, completeTo, now }: SourceWordProps) {
  const { t } = useSpeech();
  const silent = isSilent({ state, completeTo }, now);
  const word = t(sourceStateWord({ state, retired, silent }));
  return silent && retired === undefined ? <span class="state state-burning">▲ {word}</span> : word;
}
