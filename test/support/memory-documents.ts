import Database from 'better-sqlite3';
import type { Engine } from '../../server/model/engine.ts';
import { VigieError } from '../../server/model/errors.ts';
import { DOCUMENT_TABLES, Documents } from '../../server/store/documents.ts';

export interface MemoryDocuments extends Pick<Engine, 'changeDocuments' | 'documents'> {
  /** The next changes fail as on a full disk, until told otherwise. */
  full(is: boolean): void;
}

/** The documents of a store, without the store. */
export function memoryDocuments(): MemoryDocuments {
  const db = new Database(':memory:');
  db.exec(DOCUMENT_TABLES);
  const documents = new Documents(db);
  let isFull = false;
  return {
    changeDocuments: async (changes) => {
      if (isFull) throw new VigieError('disk_full', 'cannot write vigie.sqlite: the disk is full');
      return documents.change(structuredClone(changes));
    },
    documents: async (query) => documents.list(query),
    full: (is) => {
      isFull = is;
    },
  };
}
