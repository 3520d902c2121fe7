import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { usePageWords } from '../words/page-words.ts';
import { useSpeech } from '../words/speech.ts';
import type { HitRow } from './hit-rows.ts';
import { HitTable, type HitTableProps } from './hit-table.tsx';
import { webLogPageWords } from './words.ts';

interface HitChartProps extends HitTableProps {
  readonly id: string;
  /** What lies over the bars. */
  readonly marks?: ComponentChildren;
  /** What stands below the table. */
  readonly children?: ComponentChildren;
}

/** Requests as bars, with what they say in a sentence, and all their figures in the table behind. */
export function HitChart({ id, marks, children, ...table }: HitChartProps) {
  const { title, rows } = table;
  const { numbers } = useSpeech();
  const w = usePageWords(webLogPageWords);
  const open = useSignal(false);
  const most = rows.reduce<HitRow | undefined>(
    (top, row) => (top && top.requests >= row.requests ? top : row),
    undefined,
  );
  const sum = rows.reduce((all, { requests }) => all + requests, 0);
  const summary = w('chart_summary', {
    count: numbers.count(sum),
    most: numbers.count(most?.requests ?? 0),
    name: most?.name ?? '',
  });
  return (
    <figure class="hit-chart" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p>{summary}</p>
      <div class="hit-plot">
        <Bars rows={rows} most={most?.requests ?? 1} label={`${title}. ${summary}`} />
        {marks}
      </div>
      <p class="hit-ends muted" aria-hidden="true">
        <span>{rows[0]?.name}</span>
        {rows.length > 2 && <span>{rows[Math.floor(rows.length / 2)]?.name}</span>}
        <span>{rows.length > 1 && rows.at(-1)?.name}</span>
      </p>
      <details onToggle={(event) => (open.value = event.currentTarget.open)}>
        <summary>
          {w('data')}
          <span class="spoken">: {title}</span>
        </summary>
        {open.value && <HitTable {...table} />}
      </details>
      {children}
    </figure>
  );
}

interface BarsProps {
  readonly rows: readonly HitRow[];
  readonly most: number;
  readonly label: string;
}

function Bars({ rows, most, label }: BarsProps) {
  const { numbers } = useSpeech();
  return (
    <svg
      class="hit-bars"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${rows.length} ${most}`}
      preserveAspectRatio="none"
    >
      {rows.map(({ name, requests }, i) => (
        <rect key={name} x={i + 0.1} y={most - requests} width={0.8} height={requests}>
          <title>{`${name}: ${numbers.count(requests)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
