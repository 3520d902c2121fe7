import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { COLLECTIONS, type Collection, DOCUMENT_LIMITS, type DocumentChange } from '../../server/model/documents.ts';
import { Documents } from '../../server/store/documents.ts';
import { openDatabase } from '../../server/store/schema.ts';
import { tries } from '../support/long.ts';

const folder = mkdtempSync(join(tmpdir(), 'vigie-documents-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function open(file = join(folder, `${files++}.sqlite`)) {
  const db = openDatabase(file);
  return { documents: new Documents(db), close: () => db.close(), file };
}

const put = (collection: Collection, key: string, body: unknown = key): DocumentChange => ({
  op: 'put',
  collection,
  key,
  body,
});
const drop = (collection: Collection, key: string): DocumentChange => ({ op: 'delete', collection, key });

describe('documents', () => {
  test('newest first, by key, by prefix, page by page; a changed document keeps its place', () => {
    const { documents } = open();
    documents.change(['a-1', 'b-1', 'a-2', 'b-2', 'a-3'].map((key) => put('alert', key)));
    documents.change([put('alert', 'a-1', { changed: true }), put('silence', 'a-9')]);
    const keys = (query: object) => documents.list({ collection: 'alert', limit: 100, ...query }).map(({ key }) => key);
    expect(keys({})).toEqual(['a-3', 'b-2', 'a-2', 'b-1', 'a-1']);
    expect(keys({ prefix: 'a-' })).toEqual(['a-3', 'a-2', 'a-1']);
    expect(keys({ prefix: 'a_' })).toEqual([]);
    expect(keys({ key: 'b-1' })).toEqual(['b-1']);
    const [, second] = documents.list({ collection: 'alert', limit: 2 });
    expect(keys({ before: second!.number, limit: 2 })).toEqual(['a-2', 'b-1']);
    expect(documents.list({ collection: 'alert', key: 'a-1', limit: 1 })[0]?.body).toEqual({ changed: true });
  });

  test('all or nothing: a change too many undoes those before it', () => {
    const { documents } = open();
    const long = 'x'.repeat(DOCUMENT_LIMITS.body_bytes);
    expect(() => documents.change([put('silence', 'kept'), put('silence', 'long', long)])).toThrow(
      /cannot keep silence/,
    );
    expect(documents.list({ collection: 'silence', limit: 10 })).toEqual([]);
    expect(documents.change([put('silence', 'fits', long.slice(2))])).toEqual([]);
    expect(() => documents.change([put('silence', 'k'.repeat(DOCUMENT_LIMITS.key_bytes + 1))])).toThrow(/a key/);
  });

  test('a full collection refuses or drops its oldest, as it declares', () => {
    const { documents } = open();
    const fill = (collection: Collection) => {
      const keys = Array.from({ length: COLLECTIONS[collection].documents }, (_, i) => `k${i}`);
      documents.change(keys.map((key) => put(collection, key)));
    };
    fill('silence');
    expect(() => documents.change([put('silence', 'more')])).toThrow(/there are 1024/);
    expect(documents.change([put('silence', 'k0', 'edited')])).toEqual([]);
    expect(documents.change([drop('silence', 'k0'), put('silence', 'more')])).toEqual([]);
    fill('outgoing');
    expect(documents.change([put('outgoing', 'more')])).toEqual([{ collection: 'outgoing', key: 'k0' }]);
    expect(documents.list({ collection: 'outgoing', limit: 10_000 })).toHaveLength(COLLECTIONS.outgoing.documents);
  });

  test('a number is never given twice, also after its document is gone', () => {
    const { documents } = open();
    documents.change([put('alert', 'a')]);
    const [first] = documents.list({ collection: 'alert', limit: 1 });
    documents.change([drop('alert', 'a'), put('alert', 'b')]);
    expect(documents.list({ collection: 'alert', limit: 1 })[0]!.number).toBeGreaterThan(first!.number);
  });

  test('what is listed equals a list kept by hand, whatever is changed, across restarts', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e\u0000\n', 'é');
    const change = fc.oneof(
      fc.record({ op: fc.constant('put' as const), key, body: fc.jsonValue({ maxDepth: 2 }) }),
      fc.record({ op: fc.constant('delete' as const), key }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 8 }), (groups) => {
        const { file, close } = open();
        close();
        const model: { key: string; body: unknown }[] = [];
        for (const group of groups) {
          const again = open(file);
          again.documents.change(group.map((one) => ({ ...one, collection: 'alert' }) as DocumentChange));
          for (const one of group) {
            const at = model.findIndex((entry) => entry.key === one.key);
            if (one.op === 'delete') {
              if (at >= 0) model.splice(at, 1);
            } else if (at >= 0) model[at] = { key: one.key, body: one.body };
            else model.push({ key: one.key, body: one.body });
          }
          const got = again.documents.list({ collection: 'alert', limit: 100 });
          expect(JSON.stringify(got.map(({ key, body }) => ({ key, body })))).toEqual(
            JSON.stringify([...model].reverse()),
          );
          again.close();
        }
      }),
      { seed: 31, numRuns: tries(40) },
    );
  });
});
