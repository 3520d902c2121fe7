import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { LogLine } from '../../server/model/logs.ts';
import { usePageWords } from '../words/page-words.ts';
import { type LabelActions, LineDetail } from './line-detail.tsx';
import { ExcerptText } from './line-text.tsx';
import type { FindMarks } from './matches.ts';
import { LineHead, levelClass } from './plain-line.tsx';
import { excerpt } from './visible-text.ts';
import { logWords } from './words.ts';

interface LogLinesProps extends LabelActions {
  /** In the order they are shown. */
  readonly lines: readonly LogLine[];
  readonly find: FindMarks;
}

/** One row per line; each opens in place. A row that is the same element as before is not rendered again. */
export function LogLines({ lines, find, onLabel }: LogLinesProps) {
  const w = usePageWords(logWords);
  const rows = useMemo(() => new WeakMap<LogLine, VNode>(), [find, onLabel, w('title')]);
  const rowOf = (line: LogLine): VNode => {
    const known = rows.get(line);
    if (known !== undefined) return known;
    const row = <LogRow key={line.seq} line={line} find={find} onLabel={onLabel} />;
    rows.set(line, row);
    return row;
  };
  return (
    <ol class="log-lines" aria-label={w('lines')}>
      {lines.map(rowOf)}
    </ol>
  );
}

interface LogRowProps extends LabelActions {
  readonly line: LogLine;
  readonly find: FindMarks;
}

function LogRow({ line, find, onLabel }: LogRowProps) {
  const open = useSignal(false);
  const marks = useMemo(() => find(line.text), [find, line]);
  return (
    <li class={`log-line ${levelClass(line)}`}>
      <details onToggle={(event) => (open.value = event.currentTarget.open)}>
        <summary>
          <LineHead line={line} />
          <span class="log-text">
            <ExcerptText of={excerpt(line.text, marks)} />
          </span>
        </summary>
        {open.value && <LineDetail line={line} find={find} onLabel={onLabel} />}
      </details>
    </li>
  );
}
