import type { Labels } from '../../model/labels.ts';
import type { BlockColumns } from './block.ts';
import { BlockDraft, type NewBlock } from './block-draft.ts';

/** A block read whole. */
export interface ReadBlock {
  readonly streams: readonly Labels[];
  readonly columns: BlockColumns;
  readonly text: string;
}

/** The blocks as one, their lines in the order of `seq`; undefined when their streams do not fit into one block. */
export function mergedBlock(id: number, origin: string, parts: readonly ReadBlock[]): NewBlock | undefined {
  const draft = new BlockDraft(origin, {});
  const indices = parts.map(({ streams }) => streams.map((labels) => draft.streams.add(labels)));
  if (indices.flat().includes(undefined)) return undefined;
  const rows = parts.flatMap((part, p) => Array.from(part.columns.seq, (seq, row) => ({ seq, row, part, p })));
  // Blocks follow each other but where several origins wrote in turns; sorting what is sorted costs little.
  rows.sort((a, b) => a.seq - b.seq);
  const texts = parts.map(({ text }) => ({ text }));
  for (const { row, part, p } of rows) {
    const { columns } = part;
    const text = texts[p] ?? { text: part.text };
    const stream = indices[p]?.[columns.stream[row] ?? 0] ?? 0;
    const place = [columns.start[row] ?? 0, columns.length[row] ?? 0] as const;
    draft.add(stream, columns.time[row] ?? 0, columns.level[row] ?? -1, text, ...place);
  }
  return draft.finish(
    id,
    rows.map(({ seq }) => seq),
  );
}
