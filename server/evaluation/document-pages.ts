import type { Collection } from '../model/documents.ts';
import type { Engine } from '../model/engine.ts';

export type DocumentEngine = Pick<Engine, 'changeDocuments' | 'documents'>;

export interface DocumentOf<T> {
  readonly key: string;
  readonly number: number;
  readonly body: T;
}

const PAGE = 500;

/** Every document of a collection that only this program writes, newest first. */
export async function documentsOf<T>(
  engine: DocumentEngine,
  collection: Collection,
): Promise<readonly DocumentOf<T>[]> {
  const found: DocumentOf<T>[] = [];
  for await (const page of documentPages<T>(engine, { collection })) found.push(...page);
  return found;
}

export interface PageQuery {
  readonly collection: Collection;
  readonly prefix?: string;
  readonly before?: number;
}

/** The same, page by page, for those who stop early. */
export async function* documentPages<T>(engine: DocumentEngine, query: PageQuery): AsyncGenerator<DocumentOf<T>[]> {
  let before = query.before;
  while (true) {
    const page = await engine.documents({ ...query, ...(before !== undefined && { before }), limit: PAGE });
    yield page.map(({ key, number, body }) => ({ key, number, body: body as T }));
    before = page.at(-1)?.number;
    if (page.length < PAGE) return;
  }
}
