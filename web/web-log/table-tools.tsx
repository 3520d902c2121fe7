import { TableAway } from '../frame/table-away.tsx';
import type { HitRow } from './hit-rows.ts';
import { useWebLogWords } from './use-web-log-words.ts';

interface TableToolsProps {
  readonly title: string;
  readonly name: string;
  readonly rows: readonly HitRow[];
  readonly more?: readonly { readonly name: string }[];
}

/** Takes a table of hits away with all its figures. */
export function TableTools({ title, name, rows, more = [] }: TableToolsProps) {
  const say = useWebLogWords();
  const cells = (): string[][] => [
    [name, say('requests'), say('ok'), say('pages'), say('bytes'), ...more.map((column) => column.name)],
    ...rows.map((row) => [
      row.name,
      ...[row.requests, row.ok, row.pages, row.bytes].map(String),
      ...more.map((_, i) => row.more?.[i] ?? ''),
    ]),
  ];
  return <TableAway title={title} cells={cells} />;
}
